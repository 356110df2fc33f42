using System.Reflection;
using Foxtrot.Cluster.Metering;
using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Cluster.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Services;

namespace Foxtrot.Cluster.Hosting;

/// <summary>What every silo of the cluster has in common.</summary>
internal static class SiloFeatures
{
    /// <summary>Notices lost silos within seconds and loses no session that was not on them.</summary>
    /// <remarks>
    /// The distributed directory keeps sessions where they are when another silo leaves; the default one deactivates some. Without a
    /// lease, ranges of a lost silo are taken over at once; two activations of one session are possible for a moment, and storage
    /// refuses the older one's writes.
    /// </remarks>
    public static ISiloBuilder AddFastFailover(this ISiloBuilder silo, ClusterOptions options)
    {
#pragma warning disable ORLEANSEXP003 // Experimental: the default directory deactivates sessions on the survivors whenever a silo leaves.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = options.ProbeTimeout;
            membership.MaxProbeTimeout = options.MaxProbeTimeout;
            membership.NumMissedProbesLimit = options.MissedProbes;
        });
        silo.Configure<GrainCollectionOptions>(collection => collection.CollectionAge = options.IdleSessionAge);
        return silo;
    }

    /// <summary>Load reports, and placement by them.</summary>
    public static ISiloBuilder AddPlacement(this ISiloBuilder silo, ClusterOptions options)
    {
        silo.Services.AddSingleton(options);
        silo.Services.AddSingleton<ClusterLoad>();
        silo.Services.AddSingleton<IModelCatalog>(services => services.GetRequiredService<ClusterLoad>());
        silo.Services.AddSingleton<LoadReporterClient>();
        silo.Services.AddSingleton<ILoadReports>(services => services.GetRequiredService<LoadReporterClient>());
        silo.Services.AddPlacementFilter<OwnsModelFilter, OwnsModelFilterDirector>(ServiceLifetime.Transient);
        silo.Services.AddPlacementDirector<LeastLoadedPlacement, LeastLoadedDirector>();
        return silo.AddGrainService<LoadReporter>();
    }

    /// <summary>What the silo knows of tenants, and what administrators may do to workers.</summary>
    public static ISiloBuilder AddAdministration(this ISiloBuilder silo)
    {
        silo.Services.AddTenantCatalog();
        silo.Services.AddSingleton<WorkerControlClient>();
        silo.Services.AddSingleton<IWorkers, KnownWorkers>();
        return silo.AddGrainService<WorkerControl>();
    }

    /// <summary>Reports of use to the tenants' ledgers.</summary>
    public static ISiloBuilder AddLedger(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton<LedgerOutbox>();
        silo.Services.AddSingleton<ILedger>(services => services.GetRequiredService<LedgerOutbox>());
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<LedgerOutbox>());
        return silo;
    }

    /// <summary>Takes the grain classes of an assembly off this silo, so that its calls go to silos that have them.</summary>
    public static ISiloBuilder HostNoGrainsOf(this ISiloBuilder silo, Assembly assembly)
    {
        silo.Services.PostConfigure<GrainTypeOptions>(types =>
            types.Classes.RemoveWhere(type => type.Assembly == assembly && !type.IsAssignableTo(typeof(IGrainService))));
        return silo;
    }
}
