using System.Collections.Concurrent;
using Foxtrot.Client.Streams;
using Foxtrot.Cluster.Hosting;
using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Sessions;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Inference.Devices;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Models;
using Foxtrot.Model;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Foxtrot.Cluster.Tests.Sessions;

/// <summary>One gateway and some workers in this process, with the bundled model and storage that outlives them.</summary>
internal sealed class ModelCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly ConcurrentDictionary<string, WorkerModel> _models;

    private ModelCluster(InProcessTestCluster cluster, ConcurrentDictionary<string, WorkerModel> models, SharedStorage storage)
    {
        _cluster = cluster;
        _models = models;
        Storage = storage;
    }

    public SharedStorage Storage { get; }

    public InProcessSiloHandle Gateway => _cluster.Silos.Single(silo => !IsWorker(silo));

    public IReadOnlyList<InProcessSiloHandle> Workers => [.. _cluster.Silos.Where(IsWorker)];

    public IGrainFactory Grains => Gateway.ServiceProvider.GetRequiredService<IGrainFactory>();

    /// <summary>An application outside of the silos.</summary>
    public IGrainFactory Application => _cluster.Client;

    public ISessionStreams Streams => Gateway.ServiceProvider.GetRequiredService<ISessionStreams>();

    public IModelCatalog Catalog => Gateway.ServiceProvider.GetRequiredService<IModelCatalog>();

    public static async Task<ModelCluster> StartAsync(int workers, int slots = 4, int queue = 64, DrainOptions? drain = null, ITenantCatalog? tenants = null)
    {
        var storage = new SharedStorage();
        var models = new ConcurrentDictionary<string, WorkerModel>();
        var created = -1;
        var options = new ClusterOptions { ProbeTimeout = TimeSpan.FromSeconds(2), MaxProbeTimeout = TimeSpan.FromSeconds(3) };
        var builder = new InProcessTestClusterBuilder((short)(1 + workers));
        builder.ConfigureSilo((silo, siloBuilder) =>
        {
            siloBuilder.AddFastFailover(options).AddPlacement(options).AddLedger().AddActivityPropagation();
            siloBuilder.Services.AddKeyedSingleton<IGrainStorage>("sessions", (services, _) => storage.For(services.GetRequiredService<Serializer>()));
            siloBuilder.Services.AddSingleton<ISessionStreams>(services => new SessionStreams(services.GetRequiredService<IGrainFactory>()));
            if (tenants is not null)
            {
                siloBuilder.Services.AddSingleton(tenants);
            }

            siloBuilder.Services.AddTenantQuotas();
            if (Interlocked.Increment(ref created) == 0)
            {
                siloBuilder.Services.AddSingleton<ILocalLoad, NoLocalLoad>();
                siloBuilder.HostNoGrainsOf(typeof(ModelCluster).Assembly).HostNoGrainsOf(typeof(SessionState).Assembly);
                return;
            }

            var model = WorkerModel.Open(
                BundledModel.Folder, BundledModel.Name, null, Device.Cpu, new ModelLoadOptions { IntraOpThreads = 1 }, new EngineOptions { Slots = slots }, queue);
            models[silo.SiloName] = model;
            if (tenants is not null)
            {
                siloBuilder.Services.AddSingleton(tenants);
            }

            siloBuilder.Services.AddFoxtrotModels([model], drain ?? new DrainOptions());
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var started = new ModelCluster(cluster, models, storage);
        foreach (var silo in cluster.Silos)
        {
            await silo.ServiceProvider.GetRequiredService<ILoadReports>().ReportNow();
        }

        return started;
    }

    public SessionKey NewKey()
    {
        Assert.True(Catalog.TryFind(BundledModel.Name, out var model));
        return new SessionKey(BundledModel.Name, "default", SessionId.New(BundledModel.Name, model.Exact ? model.Fingerprint : null));
    }

    public ISessionGrain Session(SessionKey key) => Grains.GetGrain<ISessionGrain>(key.ToString());

    /// <summary>The worker that keeps a tenant's quota.</summary>
    public async Task<InProcessSiloHandle> WorkerOfQuotaAsync(string tenant)
    {
        var address = await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(Grains.GetGrain<IQuotaGrain>(tenant));
        return Workers.Single(w => w.SiloAddress.Equals(address));
    }

    public async Task<InProcessSiloHandle> WorkerOfAsync(string grainType, SessionKey key)
    {
        var management = Grains.GetGrain<IManagementGrain>(0);
        var address = await management.GetActivationAddress(grainType == "session"
            ? (IAddressable)Grains.GetGrain<ISessionGrain>(key.ToString())
            : Grains.GetGrain<IGenerationGrain>(key.ToString()));
        return Workers.Single(w => w.SiloAddress.Equals(address));
    }

    public async Task KillAsync(InProcessSiloHandle silo)
    {
        await _cluster.KillSiloAsync(silo);
        if (_models.TryRemove(silo.Name, out var model))
        {
            await model.DisposeAsync();
        }
    }

    /// <summary>Returns once the survivors know who is left.</summary>
    public Task StabilizeAsync() => _cluster.WaitForLivenessToStabilizeAsync(didKill: true);

    public Task StopAsync(InProcessSiloHandle silo) => _cluster.StopSiloAsync(silo);

    private static bool IsWorker(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<ILocalLoad>() is not NoLocalLoad;

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        foreach (var model in _models.Values)
        {
            await model.DisposeAsync();
        }
    }
}
