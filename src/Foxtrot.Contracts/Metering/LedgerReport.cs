namespace Foxtrot.Contracts.Metering;

/// <summary>Who reports.</summary>
public enum LedgerSource
{
    /// <summary>The worker of a generation that is not stored.</summary>
    Worker = 0,

    /// <summary>The process that reads such a generation for a client: it alone knows what the client was given.</summary>
    Reader = 1,

    /// <summary>A stored session, whose counts cover its whole life.</summary>
    Session = 2,

    /// <summary>A request that is over and of which nobody else reports.</summary>
    Whole = 3,
}

/// <summary>What somebody knows of one output's use so far. Counts are cumulative: a report may come late, twice, or from two sides.</summary>
[GenerateSerializer, Immutable, Alias("foxtrot.ledger_report")]
public sealed record LedgerReport
{
    /// <summary>The output: its session's id.</summary>
    [Id(0)]
    public required string Entry { get; init; }

    /// <summary>The model's name.</summary>
    [Id(1)]
    public required string Model { get; init; }

    /// <summary>Who reports.</summary>
    [Id(2)]
    public required LedgerSource Source { get; init; }

    /// <summary>What was used since the output began.</summary>
    [Id(3)]
    public UsageCounts Counts { get; init; }

    /// <summary>Output tokens that the reader's process may have taken; they count as delivered if that process dies without a word.</summary>
    [Id(4)]
    public long Taken { get; init; }

    /// <summary>Whether this may begin an entry. A report without it is about an entry that was begun before: where there is none, it is closed.</summary>
    [Id(5)]
    public bool Opens { get; init; }

    /// <summary>Whether this side has nothing more to say.</summary>
    [Id(6)]
    public bool Done { get; init; }

    /// <summary>Which process reports what the client was given, as <see cref="LedgerBatch.Sender"/>; null when none does.</summary>
    [Id(7)]
    public string? Reader { get; init; }

    /// <summary>Of a session: what an entry that was closed held at the end, as the session has stored it.</summary>
    [Id(8)]
    public UsageCounts Base { get; init; }

    /// <summary>Of a worker: which one of those that the output has been on, from 1. What an earlier one says of the output's end does not hold.</summary>
    [Id(9)]
    public int Epoch { get; init; }

    /// <summary>This report and a later one of the same entry and source as one. Requests that are over are added: clients may name several alike.</summary>
    public LedgerReport Then(LedgerReport later) => later with
    {
        Counts = Source == LedgerSource.Whole ? Counts + later.Counts : Counts.Max(later.Counts),
        Taken = Math.Max(Taken, later.Taken),
        Opens = Opens || later.Opens,
        Done = later.Done || (Done && !later.Opens && Source != LedgerSource.Session),
        Reader = later.Reader ?? Reader,
        Epoch = Math.Max(Epoch, later.Epoch),
    };
}

/// <summary>Reports of one process. The next batch goes when this one has been acknowledged; until then it is sent again unchanged.</summary>
/// <param name="Sender">The process, never used again by another: its silo's address.</param>
/// <param name="Number">1, 2, 3, ... within the sender and ledger.</param>
/// <param name="Reports">What it knows.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.ledger_batch")]
public sealed record LedgerBatch([property: Id(0)] string Sender, [property: Id(1)] long Number, [property: Id(2)] LedgerReport[] Reports);
