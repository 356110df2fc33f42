using Foxtrot.Cluster.Hosting;
using Foxtrot.Cluster.Tenants;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Foxtrot.Serving;

/// <summary>Ready means: the cluster joined, a model there to answer with, and the tenants known.</summary>
internal sealed class ReadyCheck(ClusterReadiness readiness, ITenantFollower tenants) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((readiness.Missing ?? tenants.Doubt) is { } missing ? HealthCheckResult.Unhealthy(missing) : HealthCheckResult.Healthy());
}
