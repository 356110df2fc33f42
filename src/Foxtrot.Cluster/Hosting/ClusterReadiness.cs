using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Workers;
using Microsoft.Extensions.Hosting;

namespace Foxtrot.Cluster.Hosting;

/// <summary>When this process has become able to serve: it has joined, knows the cluster's other processes, and there is a model.</summary>
/// <remarks>
/// Happens once; a cluster that loses its last worker afterwards answers requests by saying so. A worker is ready once the others have
/// taken its first report, so that whoever sees it ready can use it through any gateway.
/// Thread-safe.
/// </remarks>
public sealed class ClusterReadiness : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ISiloStatusOracle _membership;
    private readonly IClusterManifestProvider _manifests;
    private readonly ClusterLoad _load;
    private readonly ILoadReports _reports;
    private readonly bool _worker;

    internal ClusterReadiness(ISiloStatusOracle membership, IClusterManifestProvider manifests, ClusterLoad load, ILoadReports reports, bool worker)
    {
        _membership = membership;
        _manifests = manifests;
        _load = load;
        _reports = reports;
        _worker = worker;
    }

    /// <summary>Whether it has happened.</summary>
    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    /// <summary>What is missing, for people; null once ready.</summary>
    public string? Missing => IsReady ? null : Lacks() ?? "the other processes have not confirmed that they know this one";

    /// <summary>Waits until it has happened.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, or the process stops before it is ready.</exception>
    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (Lacks() is not null)
            {
                await timer.WaitForNextTickAsync(stoppingToken);
            }

            if (_worker)
            {
                await _reports.ReportNow();
            }

            _ready.TrySetResult();
        }
        finally
        {
            // Whoever still waits learns that it will not happen.
            _ready.TrySetCanceled(stoppingToken);
        }
    }

    private string? Lacks()
    {
        if (_membership.CurrentStatus != SiloStatus.Active)
        {
            return "this process has not joined the cluster";
        }

        var manifests = _manifests.Current.Silos;
        foreach (var silo in _membership.GetApproximateSiloStatuses(onlyActive: true).Keys)
        {
            if (!manifests.ContainsKey(silo) || !_load.Knows(silo))
            {
                return $"nothing has been heard of {silo} yet";
            }
        }

        return _load.Models.Count == 0 ? "no worker with a model has joined" : null;
    }
}
