using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Contracts.Streams;

/// <summary>Why a generation ended.</summary>
public enum Finish
{
    /// <summary>An end token or a stop string.</summary>
    Stop = 0,

    /// <summary>The maximum of tokens, or the end of the context.</summary>
    Length = 1,

    /// <summary>Somebody cancelled it.</summary>
    Cancelled = 2,

    /// <summary>It failed; <see cref="StreamEnd.Error"/> says why.</summary>
    Failed = 3,
}

/// <summary>The last message of an attached stream.</summary>
/// <param name="Stream">The reader's number for the stream.</param>
/// <param name="Moved">The session is leaving this worker: attach again. Everything but <paramref name="Tokens"/> is then empty.</param>
/// <param name="Tokens">Output tokens that the session has; a reader that has fewer attaches again.</param>
/// <param name="Finish">Why it ended.</param>
/// <param name="Rest">Text still held back.</param>
/// <param name="Usage">What it cost.</param>
/// <param name="Receipt">What it takes to verify the output; null when it was cancelled or failed.</param>
/// <param name="Error">What went wrong; null when nothing did.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.stream_end")]
public sealed record StreamEnd(
    [property: Id(0)] long Stream,
    [property: Id(1)] bool Moved,
    [property: Id(2)] int Tokens,
    [property: Id(3)] Finish Finish,
    [property: Id(4)] string Rest,
    [property: Id(5)] Usage Usage,
    [property: Id(6)] Receipt? Receipt,
    [property: Id(7)] Refusal? Error);
