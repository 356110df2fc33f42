using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Security;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Tenants;

/// <summary>Says who calls. The only place where a request becomes somebody's.</summary>
/// <remarks>Thread-safe.</remarks>
public interface ITenantSource
{
    /// <summary>The tenant that a request belongs to.</summary>
    Tenant TenantOf(HttpContext context);
}

/// <summary>Who <see cref="Authentication"/> found out it is.</summary>
internal sealed class AuthenticatedTenant : ITenantSource
{
    public Tenant TenantOf(HttpContext context) =>
        context.Features.Get<Caller>()?.Tenant ?? throw new InvalidOperationException($"{context.Request.Path} belongs to no tenant: it is not below /v1");
}
