using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Generation;

namespace Foxtrot.Gateway.Sessions;

/// <summary><c>POST /v1/sessions</c>.</summary>
internal sealed record CreateSession
{
    public static CreateSession Empty { get; } = new();

    /// <summary>The model's name.</summary>
    public string Model { get; init; } = "";

    /// <summary>What to continue.</summary>
    public PromptSource Source { get; init; } = PromptSource.None;

    /// <summary>How to generate.</summary>
    public GenerationSettings Generation { get; init; } = GenerationSettings.Default;

    /// <summary>How many of the most probable tokens to record with each token.</summary>
    public int TopLogProbabilities { get; init; }

    /// <summary>The choice index that draws are made with.</summary>
    public int Choice { get; init; }
}

/// <summary><c>POST /v1/sessions/{id}/continue</c>.</summary>
internal sealed record ContinueSession
{
    public static ContinueSession Empty { get; } = new();

    /// <summary>What to read first.</summary>
    public PromptSource Source { get; init; } = PromptSource.None;

    /// <summary>What to change; its seed is not among it.</summary>
    public GenerationSettings Generation { get; init; } = GenerationSettings.Default;
}

/// <summary><c>POST /v1/verify</c>.</summary>
/// <param name="Receipt">The receipt.</param>
/// <param name="Text">The output text; null compares hashes alone.</param>
/// <param name="Source">What the output continued; nothing when the receipt's session still has it.</param>
internal sealed record VerifyRequest(Receipt Receipt, string? Text, PromptSource Source)
{
    public static VerifyRequest Empty { get; } = new(ReceiptFields.Empty, null, PromptSource.None);
}

/// <summary><c>GET /v1/sessions/{id}/explain</c>.</summary>
/// <param name="At">Which output token.</param>
/// <param name="Top">Candidates to show.</param>
internal sealed record ExplainQuery(int At, int Top);

/// <summary><c>GET /v1/sessions</c>.</summary>
/// <param name="After">The last id of the page before.</param>
/// <param name="Limit">Sessions at most.</param>
internal sealed record ListQuery(string? After, int Limit);
