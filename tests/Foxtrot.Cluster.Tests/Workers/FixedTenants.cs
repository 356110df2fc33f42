using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tests.Workers;

/// <summary>A catalog that never changes.</summary>
internal sealed class FixedTenants(params Tenant[] tenants) : ITenantCatalog
{
    public bool IsEmpty => tenants.Length == 0;

    public Tenant? Find(string id) => tenants.FirstOrDefault(tenant => tenant.Id == id);

    public Tenant? Authenticate(string key) => null;
}
