using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Tenants;

/// <summary>Says who calls. The only place where a request becomes somebody's.</summary>
/// <remarks>Thread-safe.</remarks>
public interface ITenantSource
{
    /// <summary>The tenant that a request belongs to.</summary>
    string TenantOf(HttpContext context);
}

/// <summary>Everybody is the same tenant.</summary>
internal sealed class SingleTenant : ITenantSource
{
    public string TenantOf(HttpContext context) => "default";
}
