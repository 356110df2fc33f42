using Foxtrot.Contracts.Metering;

namespace Foxtrot.Cluster.Metering;

/// <summary>Where this process reports use. What it takes reaches the tenant's ledger as long as the process lives.</summary>
/// <remarks>Thread-safe.</remarks>
public interface ILedger
{
    /// <summary>The name under which this process reports.</summary>
    string Sender { get; }

    /// <summary>Takes a report and returns at once.</summary>
    /// <param name="tenant">Whose use it is.</param>
    /// <param name="report">What is known.</param>
    void Report(string tenant, LedgerReport report);

    /// <summary>Takes a report and completes when the ledger has stored it, however long that takes.</summary>
    /// <inheritdoc cref="Report"/>
    Task ReportAsync(string tenant, LedgerReport report);
}
