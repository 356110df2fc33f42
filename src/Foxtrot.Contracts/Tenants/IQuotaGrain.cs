namespace Foxtrot.Contracts.Tenants;

/// <summary>
/// What is left of a tenant's limits over the whole cluster; its key is the tenant's id. Processes take leases of it and spend them
/// without asking, so that it is on no request's path.
/// </summary>
[Alias("foxtrot.IQuota")]
public interface IQuotaGrain : IGrainWithStringKey
{
    /// <summary>
    /// Reports what a process holds, takes back what it returns, and grants what it needs, as far as there is that much. Asking again
    /// with the same number is answered the same and changes nothing.
    /// </summary>
    [Alias("Exchange"), ResponseTimeout("00:00:02")]
    Task<QuotaReply> Exchange(QuotaAsk ask);
}
