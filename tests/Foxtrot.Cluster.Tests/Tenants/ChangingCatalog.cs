using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tests.Tenants;

/// <summary>One tenant, whose limits a test may change.</summary>
internal sealed class ChangingCatalog(TenantLimits limits) : ITenantCatalog
{
    private volatile Tenant _tenant = new() { Id = "default", Limits = limits };

    public Tenant Tenant => _tenant;

    public bool IsEmpty => false;

    public void Change(TenantLimits changed) => _tenant = _tenant with { Limits = changed };

    public Tenant? Find(string id) => id == _tenant.Id ? _tenant : null;

    public Tenant? Authenticate(string key) => null;
}
