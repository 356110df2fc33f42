using Foxtrot.Contracts.Streams;

namespace Foxtrot.Contracts.Sessions;

/// <summary>Where a session stands.</summary>
public enum SessionStatus
{
    /// <summary>It generates, or will as soon as a worker picks it up again.</summary>
    Running = 0,

    /// <summary>Its last turn has ended.</summary>
    Finished = 1,
}

/// <summary>A session as its owner sees it.</summary>
[GenerateSerializer, Immutable, Alias("foxtrot.session_view")]
public sealed record SessionView
{
    /// <summary>Its name.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>The model's name.</summary>
    [Id(1)]
    public required string Model { get; init; }

    /// <summary>When it was created.</summary>
    [Id(2)]
    public required DateTimeOffset Created { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(3)]
    public required SessionStatus Status { get; init; }

    /// <summary>Why the last turn ended; null while it runs.</summary>
    [Id(4)]
    public Finish? Finish { get; init; }

    /// <summary>The seed.</summary>
    [Id(5)]
    public required ulong Seed { get; init; }

    /// <summary>Which of several choices of one request.</summary>
    [Id(6)]
    public int Choice { get; init; }

    /// <summary>The parameters in force, all of them.</summary>
    [Id(7)]
    public required SamplingSettings Sampling { get; init; }

    /// <summary>Output tokens of the current turn at most.</summary>
    [Id(8)]
    public int MaxTokens { get; init; }

    /// <summary>Stop strings.</summary>
    [Id(9)]
    public string[] Stop { get; init; } = [];

    /// <summary>All output tokens, over all turns.</summary>
    [Id(10)]
    public int[] Tokens { get; init; } = [];

    /// <summary>The text of the output tokens, up to a stop string.</summary>
    [Id(11)]
    public required string Text { get; init; }

    /// <summary>What it has cost so far.</summary>
    [Id(12)]
    public required Usage Usage { get; init; }

    /// <summary>Where it comes from; null when it was not forked.</summary>
    [Id(13)]
    public Lineage? Lineage { get; init; }

    /// <summary>What it takes to verify the last turn; null while it runs and when it was cancelled.</summary>
    [Id(14)]
    public Receipt? Receipt { get; init; }

    /// <summary>Whether every token so far was, or can be, reproduced exactly: no part was continued on a worker with another fingerprint.</summary>
    [Id(15)]
    public bool Exact { get; init; }

    /// <summary>How often it was activated to generate.</summary>
    [Id(16)]
    public int Epoch { get; init; }

    /// <summary>What went wrong, when it failed.</summary>
    [Id(17)]
    public Refusal? Error { get; init; }
}

/// <summary>Where a forked session comes from.</summary>
/// <param name="Parent">The session that it was forked from.</param>
/// <param name="At">How many of its output tokens it shares.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.lineage")]
public sealed record Lineage([property: Id(0)] string Parent, [property: Id(1)] int At);
