namespace Foxtrot.Contracts.Sessions;

/// <summary>Everything that determines a generation, and how much of it to show.</summary>
/// <remarks>Fields are only ever added; they are stored.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.session_request")]
public sealed record SessionRequest
{
    /// <summary>What to continue.</summary>
    [Id(0)]
    public required Prompt Prompt { get; init; }

    /// <summary>How tokens are chosen.</summary>
    [Id(1)]
    public SamplingSettings Sampling { get; init; } = SamplingSettings.Default;

    /// <summary>The seed; whoever makes the request chooses one when the user did not.</summary>
    [Id(2)]
    public required ulong Seed { get; init; }

    /// <summary>Which of several choices of one request, from 0.</summary>
    [Id(3)]
    public int Choice { get; init; }

    /// <summary>Output tokens at most, at least 1; null is whatever the context has room for.</summary>
    [Id(4)]
    public int? MaxTokens { get; init; }

    /// <summary>Texts that end the output and are not part of it; none empty.</summary>
    [Id(5)]
    public string[] Stop { get; init; } = [];

    /// <summary>Tokens that end the output beside the model's own.</summary>
    [Id(6)]
    public int[] StopTokenIds { get; init; } = [];

    /// <summary>Goes on at the model's end tokens.</summary>
    [Id(7)]
    public bool IgnoreEndTokens { get; init; }

    /// <summary>Log-probabilities to record: −1 none, 0 the chosen token's, n also the n most probable.</summary>
    [Id(8)]
    public int LogProbabilities { get; init; } = -1;

    /// <summary>Whether the stream's start is to hold the prompt's text.</summary>
    [Id(9)]
    public bool Echo { get; init; }

    /// <summary>What chat templates are told when they ask for the time, so that a prompt read again is the same; null for the moment of reading.</summary>
    [Id(10)]
    public DateTimeOffset? Time { get; init; }

    /// <summary>Precedence among the waiting sequences of one tenant, higher first: −100 to 100.</summary>
    [Id(11)]
    public int Priority { get; init; }

    /// <summary>Whether another choice of the same request has paid for the prompt.</summary>
    [Id(12)]
    public bool SharesPrompt { get; init; }

    /// <summary>Tokens that whoever makes the request has taken from the tenant's tokens per minute; a session settles them when the turn ends.</summary>
    [Id(13)]
    public long Reserved { get; init; }

    /// <summary>Which process reports to the ledger what its client was given, as a ledger's batches name it; null when none does.</summary>
    [Id(14)]
    public string? Reader { get; init; }
}
