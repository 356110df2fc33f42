using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <inheritdoc cref="IQuotaGrain"/>
/// <remarks>Keeps nothing: an activation that follows one that was lost goes by what the processes saw.</remarks>
internal sealed class QuotaGrain(ITenantCatalog tenants, TimeProvider time) : Grain, IQuotaGrain
{
    private readonly TenantQuota _quota = new();
    private readonly long _started = time.GetTimestamp();

    /// <inheritdoc/>
    public Task<QuotaReply> Exchange(QuotaAsk ask) =>
        Task.FromResult(_quota.Exchange(ask, tenants.Find(this.GetPrimaryKeyString())?.Limits ?? TenantLimits.None, time.GetElapsedTime(_started)));
}
