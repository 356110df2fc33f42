using Foxtrot.Cluster.Metering;
using Foxtrot.Contracts.Metering;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Gateway.Metering;

/// <summary>Reports usage to the tenant's ledger, and writes a line of it to the log.</summary>
internal sealed partial class LedgerRecorder(ILedger ledger, ILogger<LedgerRecorder> log) : IUsageRecorder
{
    public string? Reader => ledger.Sender;

    public void Record(UsageRecord record)
    {
        Log(
            log, record.RequestId, record.Tenant, record.Model, record.Usage.PromptTokens, record.Usage.CompletionTokens, record.Usage.CachedTokens, record.Choices, record.Aborted);
        if (record.Outputs.Count == 0)
        {
            ledger.Report(record.Tenant, new LedgerReport
            {
                Entry = record.RequestId,
                Model = record.Model,
                Source = LedgerSource.Whole,
                Counts = new UsageCounts { Requests = 1, Aborted = record.Aborted ? 1 : 0 },
            });
        }

        foreach (var output in record.Outputs)
        {
            if (output.Began || output.Session.IsFirst)
            {
                ledger.Report(record.Tenant, Report(record, output));
            }
        }
    }

    private LedgerReport Report(UsageRecord record, OutputUsage output) => new()
    {
        Entry = output.Session.ToString(),
        Model = record.Model,

        // Of an output that never began, no worker will say anything.
        Source = output.Began ? LedgerSource.Reader : LedgerSource.Whole,
        Counts = new UsageCounts
        {
            Requests = output.Session.IsFirst ? 1 : 0,
            Aborted = record.Aborted && output.Session.IsFirst ? 1 : 0,
            PromptTokens = output.Usage.PromptTokens,
            CachedTokens = output.Usage.CachedTokens,
            GeneratedTokens = output.Usage.CompletionTokens,
            DeliveredTokens = output.DeliveredTokens,
        },
        Opens = true,
        Done = true,
        Reader = Reader,
    };

    [LoggerMessage(2, LogLevel.Information, "Usage of {RequestId}: tenant {Tenant}, model {Model}, {PromptTokens} prompt, {CompletionTokens} generated, {CachedTokens} cached tokens, {Choices} choices, aborted {Aborted}")]
    private static partial void Log(
        ILogger log, string requestId, string tenant, string model, int promptTokens, int completionTokens, int cachedTokens, int choices, bool aborted);
}
