using Foxtrot.Contracts.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Tenants;

/// <summary>Says who calls. The only place where a request becomes somebody's.</summary>
/// <remarks>Thread-safe.</remarks>
public interface ITenantSource
{
    /// <summary>The tenant that a request belongs to.</summary>
    Tenant TenantOf(HttpContext context);
}

/// <summary>Everybody is the same tenant.</summary>
internal sealed class SingleTenant : ITenantSource
{
    public Tenant TenantOf(HttpContext context) => Tenant.Default;
}
