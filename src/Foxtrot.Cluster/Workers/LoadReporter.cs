using Foxtrot.Cluster.Hosting;
using Foxtrot.Cluster.Placement;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace Foxtrot.Cluster.Workers;

/// <summary>Where silos send their reports: one per silo.</summary>
[Alias("foxtrot.ILoadReporter")]
internal interface ILoadReporter : IGrainService
{
    /// <summary>Takes another silo's report.</summary>
    [Alias("Take"), OneWay, AlwaysInterleave]
    Task Take(LoadReport report);

    /// <summary>Takes another silo's report, and returns when calls from here can reach that silo's grains.</summary>
    [Alias("Confirm"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    Task Confirm(LoadReport report);

    /// <summary>Reports this silo's load to another; called on the same silo.</summary>
    [Alias("ReportTo"), OneWay, AlwaysInterleave]
    Task ReportTo(SiloAddress other);

    /// <summary>Reports this silo's load to every other; called on the same silo.</summary>
    [Alias("ReportNow"), AlwaysInterleave]
    Task ReportNow();
}

/// <summary>Sends this silo's load to every active silo at intervals, and to a newcomer at once.</summary>
internal sealed partial class LoadReporter : GrainService, ILoadReporter, ISiloStatusListener
{
    private static readonly TimeSpan ConfirmationTimeout = TimeSpan.FromSeconds(2);

    private readonly SiloAddress _silo;
    private readonly ILocalLoad _local;
    private readonly ClusterLoad _cluster;
    private readonly LoadReporterClient _reporters;
    private readonly ISiloStatusOracle _membership;
    private readonly IClusterManifestProvider _manifests;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;

    public LoadReporter(
        GrainId id,
        Silo silo,
        ILocalLoad local,
        ClusterLoad cluster,
        LoadReporterClient reporters,
        ISiloStatusOracle membership,
        IClusterManifestProvider manifests,
        ClusterOptions options,
        ILoggerFactory loggers)
        : base(id, silo, loggers)
    {
        _silo = silo.SiloAddress;
        _local = local;
        _cluster = cluster;
        _reporters = reporters;
        _membership = membership;
        _manifests = manifests;
        _interval = options.LoadReportInterval;
        _logger = loggers.CreateLogger<LoadReporter>();
    }

    public override Task Start()
    {
        _membership.SubscribeToSiloStatusEvents(this);
        RegisterGrainTimer(_ => Broadcast(), TimeSpan.Zero, _interval);
        return base.Start();
    }

    public override Task Stop()
    {
        _membership.UnSubscribeFromSiloStatusEvents(this);
        return base.Stop();
    }

    public Task Take(LoadReport report)
    {
        if (report.Silo.Equals(_silo) || _membership.GetApproximateSiloStatus(report.Silo).IsTerminating())
        {
            return Task.CompletedTask;
        }

        _local.Hear(report);

        // Who speaks for the first time has not heard of this silo either.
        return _cluster.Accept(report) ? ReportTo(report.Silo) : Task.CompletedTask;
    }

    public async Task Confirm(LoadReport report)
    {
        await Take(report);
        using var patience = new CancellationTokenSource(ConfirmationTimeout);
        await foreach (var manifest in _manifests.Updates.WithCancellation(patience.Token))
        {
            if (manifest.Silos.ContainsKey(report.Silo))
            {
                return;
            }
        }
    }

    public Task ReportTo(SiloAddress other) => _reporters.On(other).Take(Report());

    public Task ReportNow()
    {
        var report = Report();
        return Task.WhenAll(OtherSilos().Select(silo => SendConfirmed(silo, report)));
    }

    // Membership calls this on any thread. Reports are made and sent on the service's own, so that no older one overtakes a newer.
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status.IsTerminating())
        {
            _cluster.Forget(updatedSilo);
            _local.Forget(updatedSilo);
        }
        else if (status == SiloStatus.Active && !updatedSilo.Equals(_silo))
        {
            _reporters.On(_silo).ReportTo(updatedSilo).Ignore();
        }
    }

    private Task Broadcast()
    {
        var report = Report();
        foreach (var silo in OtherSilos())
        {
            _reporters.On(silo).Take(report).Ignore();
        }

        return Task.CompletedTask;
    }

    private async Task SendConfirmed(SiloAddress silo, LoadReport report)
    {
        try
        {
            await _reporters.On(silo).Confirm(report);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException or OrleansException)
        {
            LogUnconfirmed(silo, exception);
        }
    }

    /// <summary>What this silo says of itself now; its own table hears it first.</summary>
    private LoadReport Report()
    {
        var report = new LoadReport(_silo, _local.Models, _local.Draining);
        _cluster.Accept(report);
        return report;
    }

    private IEnumerable<SiloAddress> OtherSilos() => _membership.GetApproximateSiloStatuses(onlyActive: true).Keys.Where(silo => !silo.Equals(_silo));

    [LoggerMessage(Level = LogLevel.Debug, Message = "Silo {Silo} did not confirm a load report.")]
    private partial void LogUnconfirmed(SiloAddress silo, Exception exception);
}

/// <summary>Reaches the reporters of this and other silos.</summary>
internal sealed class LoadReporterClient(IServiceProvider services, ILocalSiloDetails silo) : GrainServiceClient<ILoadReporter>(services), ILoadReports
{
    /// <summary>The reporter of a silo.</summary>
    public ILoadReporter On(SiloAddress address) => GetGrainService(address);

    /// <inheritdoc/>
    public Task ReportNow() => On(silo.SiloAddress).ReportNow();
}
