using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Generation;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>A request to generate, of either route, as it is past the edge: everything in range, nothing unknown.</summary>
internal sealed record OpenAiRequest
{
    /// <summary>Nothing said.</summary>
    public static OpenAiRequest Empty { get; } = new();

    /// <summary>The model's name.</summary>
    public string Model { get; init; } = "";

    /// <summary>What to continue; a conversation is one prompt.</summary>
    public Prompt[] Prompts { get; init; } = [];

    /// <summary>How to generate.</summary>
    public GenerationSettings Generation { get; init; } = GenerationSettings.Default;

    /// <summary><c>max_completion_tokens</c>, chat's newer name for <c>max_tokens</c>.</summary>
    public int? MaxCompletionTokens { get; init; }

    /// <summary>Whether the request says how many output tokens it wants at most.</summary>
    public bool SaysMaxTokens { get; init; } = true;

    /// <summary>Choices for each prompt.</summary>
    public int N { get; init; } = 1;

    /// <summary>Whether the answer is a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>What to add to a stream; null when not said.</summary>
    public StreamOptions? StreamOptions { get; init; }

    /// <summary>Whether the prompt's text comes first.</summary>
    public bool Echo { get; init; }

    /// <summary>Whether chat's log-probabilities are wanted.</summary>
    public bool WantsLogProbabilities { get; init; }

    /// <summary>How many of the most probable tokens to show; null when not said.</summary>
    public int? TopLogProbabilities { get; init; }

    /// <summary>Whether choices say their token ids.</summary>
    public bool ReturnTokenIds { get; init; }

    /// <summary>Whether finished choices say their receipt.</summary>
    public bool ReturnReceipt { get; init; }

    /// <summary>Whether usage comes at the end of a stream.</summary>
    public bool IncludeUsage => StreamOptions is { IncludeUsage: true };

    /// <summary>Log-probabilities to record: −1 none, else how many of the most probable beside the chosen one.</summary>
    public int LogProbabilities => WantsLogProbabilities ? TopLogProbabilities ?? 0 : -1;
}

/// <summary>What to add to a stream.</summary>
/// <param name="IncludeUsage">Usage at the end.</param>
internal sealed record StreamOptions(bool IncludeUsage);
