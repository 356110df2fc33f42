using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Gateway.Generation;

/// <summary>What every route that generates takes, beside the prompt.</summary>
internal sealed record GenerationSettings
{
    /// <summary>Nothing said.</summary>
    public static GenerationSettings Default { get; } = new();

    /// <summary>How tokens are chosen.</summary>
    public SamplingSettings Sampling { get; init; } = SamplingSettings.Default;

    /// <summary>The seed; null when the gateway is to choose one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Output tokens at most; null when not said.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Stop strings; null when not said.</summary>
    public string[]? Stop { get; init; }

    /// <summary>Tokens that end the output beside the model's own.</summary>
    public int[] StopTokenIds { get; init; } = [];

    /// <summary>Goes on at the model's end tokens.</summary>
    public bool IgnoreEos { get; init; }

    /// <summary>Precedence among the tenant's own waiting requests, higher first; null when not said.</summary>
    public int? Priority { get; init; }
}
