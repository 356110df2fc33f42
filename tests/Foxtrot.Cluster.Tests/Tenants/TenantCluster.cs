using Foxtrot.Cluster.Hosting;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Cluster.Tests.Placement;
using Foxtrot.Cluster.Tests.Sessions;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Foxtrot.Cluster.Tests.Tenants;

/// <summary>One gateway and some workers in this process, without models, with storage that outlives them.</summary>
internal sealed class TenantCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private TenantCluster(InProcessTestCluster cluster, SharedStorage storage) => (_cluster, Storage) = (cluster, storage);

    public SharedStorage Storage { get; }

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public InProcessSiloHandle Gateway { get; private set; } = null!;

    public ITenantDirectoryGrain Directory => Gateway.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<ITenantDirectoryGrain>(ITenantDirectoryGrain.Key);

    public IReadOnlyList<TenantCatalog> Catalogs => [.. _cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<TenantCatalog>())];

    public static async Task<TenantCluster> StartAsync(int workers)
    {
        var storage = new SharedStorage();
        var options = new ClusterOptions { ProbeTimeout = TimeSpan.FromSeconds(2), MaxProbeTimeout = TimeSpan.FromSeconds(3) };
        var created = -1;
        var gateway = "";
        var builder = new InProcessTestClusterBuilder((short)(1 + workers));
        builder.ConfigureSilo((silo, siloBuilder) =>
        {
            siloBuilder.AddFastFailover(options).AddPlacement(options).AddAdministration();
            siloBuilder.Services.AddKeyedSingleton<IGrainStorage>("sessions", (services, _) => storage.For(services.GetRequiredService<Serializer>()));
            var isGateway = Interlocked.Increment(ref created) == 0;
            siloBuilder.Services.AddSingleton<ILocalLoad>(isGateway ? new NoLocalLoad() : new FakeLoad { Models = [FakeLoad.Model("m")] });
            if (isGateway)
            {
                gateway = silo.SiloName;
                siloBuilder.HostNoGrainsOf(typeof(TenantCluster).Assembly).HostNoGrainsOf(typeof(TenantCatalog).Assembly);
            }
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var started = new TenantCluster(cluster, storage) { Gateway = cluster.Silos.Single(s => s.Name == gateway) };
        foreach (var catalog in started.Catalogs)
        {
            await catalog.WaitAsync(TestContext.Current.CancellationToken);
        }

        return started;
    }

    /// <summary>Kills the worker that the directory lives on.</summary>
    public async Task KillDirectoryAsync()
    {
        var address = await Gateway.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetActivationAddress(Directory);
        await _cluster.KillSiloAsync(_cluster.Silos.Single(silo => silo.SiloAddress.Equals(address)));
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();
}
