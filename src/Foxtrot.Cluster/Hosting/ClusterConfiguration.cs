using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace Foxtrot.Cluster.Hosting;

/// <summary>Orleans' configuration section, completed from <see cref="ClusterOptions"/> where it is silent.</summary>
/// <remarks>
/// One path for both: what an orchestrator sets in the environment and what a user says on the command line end as the same keys,
/// which Orleans reads. A provider's service key names a Redis connection, <c>ConnectionStrings:{key}</c>.
/// </remarks>
internal static class ClusterConfiguration
{
    /// <summary>Name of the grain storage of sessions.</summary>
    public const string SessionStorage = "sessions";

    private const string Clustering = "Orleans:Clustering";
    private const string Storage = "Orleans:GrainStorage:" + SessionStorage;
    private const string Endpoints = "Orleans:Endpoints";
    private const string DefaultKey = "redis";

    private static readonly string[] Connections = ["ServiceKey", "ConnectionName", "ConnectionString"];

    /// <summary>Whether membership is kept outside of the process.</summary>
    public static bool IsShared(IConfiguration configuration, ClusterOptions options) =>
        options.Redis is not null || configuration[Clustering + ":ProviderType"] is { Length: > 0 } and not "Development";

    /// <summary>Whether configuration names the storage of sessions.</summary>
    public static bool HasStorage(IConfiguration configuration) => configuration.GetSection(Storage).Exists();

    /// <summary>The service keys of Redis connections that the configuration refers to.</summary>
    public static IEnumerable<string> RedisKeys(IConfiguration configuration) => configuration.GetSection("Orleans:GrainStorage").GetChildren()
        .Append(configuration.GetSection(Clustering))
        .Append(configuration.GetSection("Orleans:Reminders"))
        .Where(provider => IsRedis(provider["ProviderType"]))
        .Select(provider => provider["ServiceKey"])
        .OfType<string>()
        .Where(key => key.Length > 0)
        .Distinct(StringComparer.Ordinal);

    /// <summary>Adds the keys that are missing.</summary>
    public static void Complete(IConfigurationManager configuration, ClusterOptions options)
    {
        var missing = new Dictionary<string, string?>();
        Offer("Orleans:ClusterId", options.ClusterId);
        Offer("Orleans:ServiceId", options.ServiceId);
        if (options.Redis is { } redis)
        {
            Offer(Clustering + ":ProviderType", "Redis");
            Offer(Clustering + ":ServiceKey", DefaultKey);
            Offer("ConnectionStrings:" + DefaultKey, redis);
        }

        // Sessions follow membership where nothing else is said about them.
        var provider = configuration[Clustering + ":ProviderType"] ?? missing.GetValueOrDefault(Clustering + ":ProviderType");
        if (IsRedis(provider) && !HasStorage(configuration))
        {
            Offer(Storage + ":ProviderType", "Redis");
            foreach (var key in Connections)
            {
                Offer($"{Storage}:{key}", configuration[$"{Clustering}:{key}"] ?? missing.GetValueOrDefault($"{Clustering}:{key}"));
            }
        }

        var ports = FreePorts.Take(2, Random.Shared);
        Offer(Endpoints + ":SiloPort", Port(options.SiloPort, ports[0]));
        Offer(Endpoints + ":GatewayPort", Port(options.ClientPort, ports[1]));
        configuration.AddInMemoryCollection(missing);
        if (options.AdvertisedAddress is not null || IsLocal(configuration, options))
        {
            missing.Clear();
            Offer(Endpoints + ":AdvertisedIPAddress", options.AdvertisedAddress ?? IPAddress.Loopback.ToString());
            configuration.AddInMemoryCollection(missing);
        }

        void Offer(string key, string? value)
        {
            if (value is not null && string.IsNullOrEmpty(configuration[key]))
            {
                missing[key] = value;
            }
        }
    }

    /// <summary>Whether all processes of the cluster must be on this machine: there is one only, or they meet at a loopback address.</summary>
    private static bool IsLocal(IConfiguration configuration, ClusterOptions options)
    {
        if (!IsShared(configuration, options))
        {
            return true;
        }

        var key = configuration[Clustering + ":ServiceKey"];
        return key is { Length: > 0 } && configuration.GetConnectionString(key) is { } connection
            && ConfigurationOptions.Parse(connection).EndPoints.All(IsLoopback);
    }

    private static bool IsRedis(string? provider) => provider is "Redis" or "AzureRedisCache";

    private static bool IsLoopback(EndPoint endpoint) => endpoint switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint dns => dns.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static string Port(int chosen, int free) => (chosen > 0 ? chosen : free).ToString(CultureInfo.InvariantCulture);
}
