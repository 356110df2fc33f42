using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Foxtrot.ServiceDefaults;

/// <summary>The health endpoints that every process of the cluster answers, in every environment: orchestrators need them.</summary>
public static class HealthEndpoints
{
    private const string AliveTag = "alive";

    /// <summary>Registers health checks, with one that says that the process answers at all.</summary>
    public static IHealthChecksBuilder AddDefaultHealthChecks(this IServiceCollection services) =>
        services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [AliveTag]);

    /// <summary>Maps <c>/health</c> (ready to serve: every check) and <c>/alive</c> (the process answers).</summary>
    public static void MapHealthEndpoints(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/health");
        endpoints.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains(AliveTag) });
    }
}
