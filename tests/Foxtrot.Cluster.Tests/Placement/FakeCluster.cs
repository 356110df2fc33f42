using System.Collections.Concurrent;
using Foxtrot.Cluster.Hosting;
using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Foxtrot.Cluster.Tests.Placement;

/// <summary>Silos in this process with made-up loads. Silos whose name is in <c>gateways</c> host no grains.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly ConcurrentDictionary<string, (int Order, FakeLoad Load)> _loads;

    private FakeCluster(InProcessTestCluster cluster, ConcurrentDictionary<string, (int Order, FakeLoad Load)> loads)
    {
        _cluster = cluster;
        _loads = loads;
    }

    /// <summary>Gateways first, then workers in the order in which they were given.</summary>
    public IReadOnlyList<InProcessSiloHandle> Silos => [.. _cluster.Silos.OrderBy(silo => _loads[silo.Name].Order)];

    public IGrainFactory External => _cluster.Client;

    /// <summary>Starts silos, the first ones of which are gateways, and waits until they know each other.</summary>
    public static async Task<FakeCluster> StartAsync(int gateways, params FakeLoad[] workers)
    {
        var started = await StartWithoutReportsAsync(gateways, workers);
        await started.ReportAsync();
        return started;
    }

    /// <summary>Starts silos that say only what they say by themselves.</summary>
    public static async Task<FakeCluster> StartWithoutReportsAsync(int gateways, params FakeLoad[] workers)
    {
        var builder = new InProcessTestClusterBuilder((short)(gateways + workers.Length));
        var created = -1;
        var loads = new ConcurrentDictionary<string, (int Order, FakeLoad Load)>();
        builder.ConfigureSilo((silo, hostBuilder) =>
        {
            var index = Interlocked.Increment(ref created);
            var load = index < gateways ? new FakeLoad() : workers[index - gateways];
            loads[silo.SiloName] = (index, load);
            hostBuilder.Services.AddSingleton(load);
            hostBuilder.Services.AddSingleton<ILocalLoad>(load);
            hostBuilder.AddFastFailover(Options).AddPlacement(Options);
            if (index < gateways)
            {
                hostBuilder.HostNoGrainsOf(typeof(FakeCluster).Assembly);
            }
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new FakeCluster(cluster, loads);
    }

    /// <summary>Reports are sent when a test says so, so that it knows what is known.</summary>
    private static ClusterOptions Options => new() { LoadReportInterval = TimeSpan.FromHours(1), ProbeTimeout = TimeSpan.FromSeconds(2), MaxProbeTimeout = TimeSpan.FromSeconds(3) };

    public static string NewKey(string model, string? fingerprint = null) => new SessionKey(model, "default", SessionId.New(model, fingerprint)).ToString();

    public InProcessSiloHandle SiloOf(FakeLoad load) => Silos.Single(silo => _loads[silo.Name].Load == load);

    public IGrainFactory FactoryOf(int silo) => Silos[silo].ServiceProvider.GetRequiredService<IGrainFactory>();

    public IModelCatalog CatalogOf(int silo) => Silos[silo].ServiceProvider.GetRequiredService<IModelCatalog>();

    public async Task ReportAsync()
    {
        foreach (var silo in Silos)
        {
            await silo.ServiceProvider.GetRequiredService<ILoadReports>().ReportNow();
        }
    }

    public async Task KillAsync(InProcessSiloHandle silo)
    {
        await _cluster.KillSiloAsync(silo);
        await _cluster.WaitForLivenessToStabilizeAsync(didKill: true);
    }

    public Task StopAsync(InProcessSiloHandle silo) => _cluster.StopSiloAsync(silo);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();
}
