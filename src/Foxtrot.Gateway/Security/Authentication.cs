using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Gateway.Security;

/// <summary>
/// Lets nobody in without a key: below <c>/v1</c> a tenant's, below <c>/admin</c> the admin key. Comes before anything else of a
/// request is looked at, so that who has none learns nothing, not even which routes there are.
/// </summary>
/// <remarks>
/// Everybody is <see cref="Tenant.Default"/>, without a key, as long as there is neither a tenant nor a tenants file nor an admin key.
/// </remarks>
internal sealed partial class Authentication(
    RequestDelegate next, GatewayOptions options, ITenantCatalog tenants, ITenantFollower follower, ILogger<Authentication> log)
{
    private static readonly PathString Api = "/v1";
    private static readonly PathString Admin = "/admin";

    private bool NeedsKey => options.AdminKey is not null || options.RequireKeys || !tenants.IsEmpty;

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments(Api))
        {
            context.Features.Get<Caller>()!.Tenant = Tenant(context);
        }
        else if (options.AdminKey is { } admin && context.Request.Path.StartsWithSegments(Admin) && !admin.Is(Bearer.Read(context)))
        {
            LogRefused(log, context.TraceIdentifier, context.Connection.RemoteIpAddress?.ToString());
            throw Bearer.Unknown(context, "the admin key is wrong");
        }

        return next(context);
    }

    private Tenant Tenant(HttpContext context)
    {
        if (follower.Doubt is { } doubt)
        {
            throw new ApiException(new(503, $"keys cannot be checked: {doubt}", Code: "unavailable", RetryAfterSeconds: options.UnavailableRetrySeconds));
        }

        if (!NeedsKey)
        {
            return Contracts.Tenants.Tenant.Default;
        }

        return tenants.Authenticate(Bearer.Read(context)) ?? throw Bearer.Unknown(context, "the API key is unknown, revoked or expired");
    }

    [LoggerMessage(5, LogLevel.Warning, "Request {RequestId} from {Address} to the admin API had a wrong key")]
    private static partial void LogRefused(ILogger log, string requestId, string? address);
}
