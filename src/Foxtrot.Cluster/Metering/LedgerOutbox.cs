using System.Collections.Concurrent;
using Foxtrot.Contracts.Metering;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Cluster.Metering;

/// <summary>Brings this process's reports to the ledgers of its tenants: one message at a time per tenant, again until it is acknowledged.</summary>
/// <remarks>A silo that stops sends everything first, while the cluster still hears it.</remarks>
internal sealed partial class LedgerOutbox(IGrainFactory grains, ILocalSiloDetails silo, TimeProvider time, ILogger<LedgerOutbox> logger)
    : ILedger, ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>How long a silo that stops tries to bring its last reports to their ledgers.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, LedgerLane> _lanes = new();

    /// <inheritdoc/>
    public string Sender { get; } = silo.SiloAddress.ToParsableString();

    /// <inheritdoc/>
    public void Report(string tenant, LedgerReport report) => Lane(tenant).Add(report, null);

    /// <inheritdoc/>
    public Task ReportAsync(string tenant, LedgerReport report)
    {
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Lane(tenant).Add(report, stored);
        return stored.Task;
    }

    /// <summary>Sends what there is without waiting for more.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var lanes = _lanes.Values.ToArray();
        try
        {
            await Task.WhenAll(lanes.Select(lane => lane.FlushAsync())).WaitAsync(Farewell, time, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            LogLost(logger, lanes.Sum(lane => lane.Count));
        }
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(LedgerOutbox), ServiceLifecycleStage.Last, _ => Task.CompletedTask, FlushAsync);

    private LedgerLane Lane(string tenant) => _lanes.GetOrAdd(tenant, name => new LedgerLane(name, Sender, SendAsync, time));

    private async Task<bool> SendAsync(string tenant, LedgerBatch batch)
    {
        try
        {
            await grains.GetGrain<ILedgerGrain>(tenant).Report(batch);
            return true;
        }
#pragma warning disable CA1031 // A lost silo, a store that is away, a newer version in the middle of an update: what was used is reported all the same, once it can be.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogRetry(logger, tenant, batch.Reports.Length, error);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "the ledger of {Tenant} did not take {Reports} reports; they are sent again")]
    private static partial void LogRetry(ILogger logger, string tenant, int reports, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Reports} reports of usage reached no ledger before this process stopped")]
    private static partial void LogLost(ILogger logger, int reports);
}
