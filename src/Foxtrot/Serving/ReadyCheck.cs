using Foxtrot.Cluster.Hosting;
using Foxtrot.Cluster.Tenants;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Foxtrot.Serving;

/// <summary>Ready means: the cluster joined, a model there to answer with, the tenants known, and every engine of this process running.</summary>
/// <remarks>
/// A model is opened before the process listens, and opening it checks what it computes: a few tokens alone, in a batch and in chunks,
/// compared bit by bit. Where the bits differ the worker serves, and its models say that they are not exact.
/// </remarks>
internal sealed class ReadyCheck(ClusterReadiness readiness, ITenantFollower tenants, OpenModels models) : IHealthCheck
{
    /// <summary>What is missing, for people; null once nothing is.</summary>
    public string? Missing => readiness.Missing ?? tenants.Doubt ?? models.Failure;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Missing is { } missing ? HealthCheckResult.Unhealthy(missing) : HealthCheckResult.Healthy());
}
