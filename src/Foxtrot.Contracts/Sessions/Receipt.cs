namespace Foxtrot.Contracts.Sessions;

/// <summary>All that determined a finished turn, and hashes of what went in and came out: enough to replay and compare.</summary>
/// <remarks>Fields are only ever added; receipts are stored by users.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.receipt")]
public sealed record Receipt
{
    /// <summary>The session.</summary>
    [Id(0)]
    public required string Session { get; init; }

    /// <summary>The model's name.</summary>
    [Id(1)]
    public required string Model { get; init; }

    /// <summary>SHA-256 over the model's files.</summary>
    [Id(2)]
    public required string ModelHash { get; init; }

    /// <summary>The worker's fingerprint.</summary>
    [Id(3)]
    public required string Fingerprint { get; init; }

    /// <summary>The sampler's version.</summary>
    [Id(4)]
    public required int SamplerVersion { get; init; }

    /// <summary>The seed.</summary>
    [Id(5)]
    public required ulong Seed { get; init; }

    /// <summary>Which of several choices of one request.</summary>
    [Id(6)]
    public int Choice { get; init; }

    /// <summary>The parameters in force, all of them.</summary>
    [Id(7)]
    public required SamplingSettings Sampling { get; init; }

    /// <summary>Output tokens at most.</summary>
    [Id(8)]
    public required int MaxTokens { get; init; }

    /// <summary>Stop strings.</summary>
    [Id(9)]
    public string[] Stop { get; init; } = [];

    /// <summary>Tokens that end the output.</summary>
    [Id(10)]
    public int[] EndTokens { get; init; } = [];

    /// <summary>SHA-256 over everything before the turn's output: token ids and who wrote each.</summary>
    [Id(11)]
    public required string PromptHash { get; init; }

    /// <summary>Output tokens that were prescribed rather than drawn, by a fork or a resumption.</summary>
    [Id(12)]
    public int Forced { get; init; }

    /// <summary>Output tokens of the turn.</summary>
    [Id(13)]
    public required int Tokens { get; init; }

    /// <summary>SHA-256 over the turn's output token ids.</summary>
    [Id(14)]
    public required string OutputHash { get; init; }

    /// <summary>Whether it can be replayed exactly: one fingerprint throughout, and that one exact.</summary>
    [Id(15)]
    public required bool Exact { get; init; }
}
