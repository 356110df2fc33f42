using Foxtrot.Cluster.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Foxtrot.Serving;

/// <summary>Ready means: the cluster joined, and a model there to answer with.</summary>
internal sealed class ReadyCheck(ClusterReadiness readiness) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(readiness.Missing is { } missing ? HealthCheckResult.Unhealthy(missing) : HealthCheckResult.Healthy());
}
