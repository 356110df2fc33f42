namespace Foxtrot.Contracts.Metering;

/// <summary>A tenant's ledger: every token once, by model and UTC day, durably. Its key is the tenant.</summary>
[Alias("foxtrot.ILedger")]
public interface ILedgerGrain : IGrainWithStringKey
{
    /// <summary>Takes reports in. Returns once they are stored; whoever got no answer sends the same batch again.</summary>
    [Alias("Report")]
    Task Report(LedgerBatch batch);

    /// <summary>What was used from a first day to a last one, both included.</summary>
    [Alias("Read")]
    Task<LedgerView> Read(DateOnly first, DateOnly last);
}

/// <summary>Part of a ledger.</summary>
/// <param name="Lines">One per day and model on which something was used: by day, then by model.</param>
/// <param name="OpenEntries">Outputs whose last word is not in yet, whatever their day.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.ledger_view")]
public sealed record LedgerView([property: Id(0)] LedgerLine[] Lines, [property: Id(1)] int OpenEntries);

/// <summary>What was used on a day with a model.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Counts">How much.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.ledger_line")]
public sealed record LedgerLine([property: Id(0)] DateOnly Day, [property: Id(1)] string Model, [property: Id(2)] UsageCounts Counts);
