using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Foxtrot.Cluster.Hosting;

/// <summary>The Redis connections that Orleans' providers ask for by their service keys, one per key and process.</summary>
internal static class RedisConnections
{
    /// <summary>Registers a connection for every service key of the configuration that has a connection string.</summary>
    public static void AddRedisConnections(this IServiceCollection services, IConfiguration configuration)
    {
        foreach (var key in ClusterConfiguration.RedisKeys(configuration))
        {
            if (configuration.GetConnectionString(key) is { } connection)
            {
                services.AddKeyedSingleton<IConnectionMultiplexer>(key, (_, _) => Connect(key, connection));
            }
        }
    }

    private static ConnectionMultiplexer Connect(string key, string connection)
    {
        var options = ConfigurationOptions.Parse(connection);
        var name = $"Redis ('{key}', at {string.Join(", ", options.EndPoints)})";
        try
        {
            var redis = ConnectionMultiplexer.Connect(options);
            if (RedisScripts.FindFault(redis, options) is not { } fault)
            {
                return redis;
            }

            redis.Dispose();
            throw new InvalidOperationException($"{name} {fault}");
        }
        catch (RedisConnectionException exception)
        {
            throw new InvalidOperationException($"{name} cannot be reached: {exception.Message}", exception);
        }
    }
}
