using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>One tenant with limits, who makes every request, and a quota that grants what is asked for and keeps count.</summary>
internal sealed class FakeQuota : ITenantCatalog, ITenantSource, IQuotaGrain
{
    private readonly Lock _lock = new();

    public FakeQuota(TenantLimits limits)
    {
        Tenant = new() { Id = "acme", Limits = limits };
        Requests = limits.RequestsPerMinute ?? 0;
        Tokens = limits.TokensPerMinute ?? 0;
    }

    public Tenant Tenant { get; set; }

    /// <summary>Requests left.</summary>
    public long Requests { get; set; }

    /// <summary>Tokens left.</summary>
    public long Tokens { get; set; }

    /// <summary>What asking fails with.</summary>
    public Exception? Failure { get; set; }

    public int Exchanges { get; private set; }

    // Nobody needs a key to be this tenant.
    public bool IsEmpty => true;

    public Tenant? Find(string id) => id == Tenant.Id ? Tenant : null;

    public Tenant? Authenticate(string key) => null;

    public Tenant TenantOf(HttpContext context) => Tenant;

    public Task<QuotaReply> Exchange(QuotaAsk ask)
    {
        lock (_lock)
        {
            Exchanges++;
            if (Failure is not null)
            {
                throw Failure;
            }

            var (requests, tokens) = (Requests, Tokens);
            var reply = new QuotaReply { Requests = Grant(ask.Requests, ref requests), Tokens = Grant(ask.Tokens, ref tokens) };
            (Requests, Tokens) = (requests, tokens);
            return Task.FromResult(reply);
        }
    }

    private static RateReply? Grant(RateAsk? ask, ref long left)
    {
        if (ask is null)
        {
            return null;
        }

        left += ask.Returned - ask.Debt;
        var granted = left >= ask.Need ? ask.Need : 0;
        left -= granted;
        return new RateReply(granted, left);
    }
}
