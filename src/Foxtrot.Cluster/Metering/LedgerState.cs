using System.Collections.Immutable;
using Foxtrot.Contracts.Metering;

namespace Foxtrot.Cluster.Metering;

/// <summary>A tenant's ledger as it is stored: the days that are not in a month's record yet, and the outputs that may still grow.</summary>
/// <remarks>Append-only contract; immutable, so that a store may serialize it late. Small, because every write holds all of it.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.ledger_state")]
public sealed record LedgerState
{
    /// <summary>The version that this code writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Which version wrote it.</summary>
    [Id(0)]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The day that counts now. Days before it do not change any more.</summary>
    [Id(1)]
    public DateOnly Day { get; init; }

    /// <summary>What was used, by day and model.</summary>
    [Id(2)]
    public ImmutableDictionary<LedgerDay, UsageCounts> Days { get; init; } = ImmutableDictionary<LedgerDay, UsageCounts>.Empty;

    /// <summary>Outputs that may still grow, by name.</summary>
    [Id(3)]
    public ImmutableDictionary<string, LedgerEntry> Open { get; init; } = ImmutableDictionary<string, LedgerEntry>.Empty;

    /// <summary>The last batch of each process.</summary>
    [Id(4)]
    public ImmutableDictionary<string, LedgerSender> Senders { get; init; } = ImmutableDictionary<string, LedgerSender>.Empty;

    /// <summary>Outputs that have ended a moment ago. Not stored: it takes a late report and a lost ledger at once to need it then.</summary>
    [field: NonSerialized]
    internal ImmutableDictionary<string, LedgerEntry> Closed { get; init; } = ImmutableDictionary<string, LedgerEntry>.Empty;
}

/// <summary>A month's days that are over, as they are stored.</summary>
/// <remarks>Append-only contract.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.ledger_month")]
public sealed record LedgerMonth
{
    /// <summary>Which version wrote it.</summary>
    [Id(0)]
    public int Version { get; init; } = LedgerState.CurrentVersion;

    /// <summary>What was used, by day and model.</summary>
    [Id(1)]
    public ImmutableDictionary<LedgerDay, UsageCounts> Days { get; init; } = ImmutableDictionary<LedgerDay, UsageCounts>.Empty;
}

/// <summary>A line's name.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Model">The model's name.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.ledger_day")]
public readonly record struct LedgerDay([property: Id(0)] DateOnly Day, [property: Id(1)] string Model);

/// <summary>What a process has sent.</summary>
/// <param name="Number">Its last batch.</param>
/// <param name="Heard">When that came.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.ledger_sender")]
public readonly record struct LedgerSender([property: Id(0)] long Number, [property: Id(1)] DateTimeOffset Heard);

/// <summary>An output that may still grow: how much of it has been counted.</summary>
/// <remarks>Append-only contract.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.ledger_entry")]
public sealed record LedgerEntry
{
    /// <summary>The model's name.</summary>
    [Id(0)]
    public string Model { get; init; } = "";

    /// <summary>Whether it is a stored session, which can be asked.</summary>
    [Id(1)]
    public bool IsSession { get; init; }

    /// <summary>What has been counted.</summary>
    [Id(2)]
    public UsageCounts Counted { get; init; }

    /// <summary>Output tokens that the reader's process may have taken.</summary>
    [Id(3)]
    public long Taken { get; init; }

    /// <summary>The process that generates it; null when none has said so.</summary>
    [Id(4)]
    public string? Worker { get; init; }

    /// <summary>The process that reads it for a client; null when none does that would report.</summary>
    [Id(5)]
    public string? Reader { get; init; }

    /// <summary>Whether the worker, or the session, has nothing more to say.</summary>
    [Id(6)]
    public bool WorkerDone { get; init; }

    /// <summary>Whether the reader has nothing more to say.</summary>
    [Id(7)]
    public bool ReaderDone { get; init; }

    /// <summary>When somebody last reported, or was asked.</summary>
    [Id(8)]
    public DateTimeOffset News { get; init; }

    /// <summary>Which of the workers that it has been on is the last one, from 1.</summary>
    [Id(9)]
    public int Epoch { get; init; }
}
