using Foxtrot.Cluster.Hosting;

namespace Foxtrot.Process.Tests.Orchestration;

/// <summary>The variables that Aspire 13.5 gives to a project with <c>WithReference(orleans)</c>, as AppHost/AppHost.cs sets it up.</summary>
/// <param name="Redis">Host and port of Redis.</param>
/// <param name="Password">The password that Aspire generates for it.</param>
/// <param name="ClusterId">The cluster's.</param>
/// <param name="Collector">Where telemetry goes.</param>
internal sealed record AspireEnvironment(string Redis, string Password, string ClusterId, string Collector)
{
    /// <summary>The service key, and so the name of the connection string: the name of the Redis resource.</summary>
    private const string Resource = "redis";

    /// <summary>Those of one replica.</summary>
    /// <param name="name">Of the resource.</param>
    /// <param name="replica">Of this process.</param>
    public AspireProcess Of(string name, int replica)
    {
        var ports = FreePorts.Take(3, Random.Shared);
        var address = $"http://localhost:{ports[0]}";
        var variables = new Dictionary<string, string>
        {
            ["Orleans__Clustering__ProviderType"] = "Redis",
            ["Orleans__Clustering__ServiceKey"] = Resource,
            ["Orleans__ClusterId"] = ClusterId,
            ["Orleans__ServiceId"] = "foxtrot",
            ["Orleans__EnableDistributedTracing"] = "true",
            ["Orleans__GrainStorage__sessions__ProviderType"] = "Redis",
            ["Orleans__GrainStorage__sessions__ServiceKey"] = Resource,
            ["Orleans__Endpoints__SiloPort"] = $"{ports[1]}",
            ["Orleans__Endpoints__GatewayPort"] = $"{ports[2]}",
            ["ConnectionStrings__redis"] = $"{Redis},password={Password}",
            ["REDIS_HOST"] = Redis.Split(':')[0],
            ["REDIS_PORT"] = Redis.Split(':')[1],
            ["REDIS_PASSWORD"] = Password,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Collector,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-otlp-api-key=0123456789abcdef",
            ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = $"{Collector}/api/v1/otlp/v1/metrics",
            ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = name,
            ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={name}-{replica}",
            ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true",
            ["ASPNETCORE_URLS"] = address,
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true",
            ["services__gateway__http__0"] = "http://localhost:5000",

            // Parameters that are left out are set to nothing.
            ["Foxtrot__Models"] = "",
            ["Foxtrot__Device"] = "cpu",
        };
        return new(variables, new Uri(address), ports[1]);
    }
}

/// <summary>What one process is told.</summary>
/// <param name="Variables">Its environment.</param>
/// <param name="Address">Where it is to answer HTTP.</param>
/// <param name="SiloPort">Where it is to listen for other silos.</param>
internal sealed record AspireProcess(IReadOnlyDictionary<string, string> Variables, Uri Address, int SiloPort);
