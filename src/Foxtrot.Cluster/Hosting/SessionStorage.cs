using System.Net;
using Foxtrot.Cluster.Hosting.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Persistence;
using Orleans.Serialization;
using Orleans.Storage;

namespace Foxtrot.Cluster.Hosting;

/// <summary>Where sessions are stored, and how.</summary>
internal static class SessionStorage
{
    /// <summary>
    /// Stores what grains store in Orleans' binary format, whatever the store: Redis takes over three times as many writes as with the
    /// default JSON. Where the configuration names no store and the cluster is one process, it is a SQLite file in the data directory.
    /// What is deleted leaves nothing behind.
    /// </summary>
    public static ISiloBuilder AddSessionStorage(this ISiloBuilder silo, ClusterOptions options)
    {
        silo.Services.AddSingleton<IGrainStorageSerializer>(services => new OrleansGrainStorageSerializer(services.GetRequiredService<Serializer>()));
        silo.Services.Configure<RedisStorageOptions>(ClusterConfiguration.SessionStorage, storage => storage.DeleteStateOnClear = true);
        if (ClusterConfiguration.IsShared(silo.Configuration, options))
        {
            return silo;
        }

        silo.UseDevelopmentClustering((OptionsBuilder<DevelopmentClusterMembershipOptions> membership) =>
            membership.Configure<IOptions<EndpointOptions>>((development, endpoints) =>
                development.PrimarySiloEndpoint = new IPEndPoint(endpoints.Value.AdvertisedIPAddress, endpoints.Value.SiloPort)));
        if (!ClusterConfiguration.HasStorage(silo.Configuration))
        {
            silo.Services.AddSingleton(_ => SqliteSessions.Open(options.DataDirectory));
            silo.AddAdoNetGrainStorage(ClusterConfiguration.SessionStorage, (OptionsBuilder<AdoNetGrainStorageOptions> storage) =>
                storage.Configure<SqliteDataSource>((sql, source) =>
                {
                    sql.Invariant = SqliteSessions.Invariant;
                    sql.DataSource = source;
                    sql.DeleteStateOnClear = true;
                }));
        }

        return silo;
    }
}
