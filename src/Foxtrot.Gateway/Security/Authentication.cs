using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Gateway.Security;

/// <summary>
/// Lets nobody in without a key: below <c>/v1</c> a tenant's, below <c>/admin</c> and <c>/ops</c> the admin key. Comes before anything else of a
/// request is looked at, so that who has none learns nothing, not even which routes there are.
/// </summary>
/// <remarks>
/// Metrics are for operators: open on the ports of <see cref="GatewayOptions.MetricsPorts"/>, elsewhere with the admin key. Such a port
/// answers nothing else but health checks.
/// Everybody is <see cref="Tenant.Default"/>, without a key, as long as there is neither a tenant nor a tenants file nor an admin key.
/// </remarks>
internal sealed partial class Authentication(
    RequestDelegate next, GatewayOptions options, ITenantCatalog tenants, ITenantFollower follower, ILogger<Authentication> log)
{
    private static readonly PathString Api = "/v1";
    private static readonly PathString Admin = "/admin";
    private static readonly PathString Operations = "/ops";
    private static readonly PathString Metrics = "/metrics";

    private bool NeedsKey => options.AdminKey is not null || options.RequireKeys || !tenants.IsEmpty;

    public Task InvokeAsync(HttpContext context)
    {
        if (options.MetricsPorts.Contains(context.Connection.LocalPort) && context.Request.Path.Value is not ("/metrics" or "/health" or "/alive"))
        {
            throw new ApiException(new(404, "this port has /metrics, /health and /alive alone", Code: "unknown_url"));
        }

        if (context.Request.Path.StartsWithSegments(Api))
        {
            context.Features.Get<Caller>()!.Tenant = Tenant(context);
        }
        else if (context.Request.Path.StartsWithSegments(Metrics))
        {
            CheckMetrics(context);
        }
        else if (context.Request.Path.StartsWithSegments(Operations))
        {
            CheckOperations(context);
        }
        else if (options.AdminKey is { } admin && context.Request.Path.StartsWithSegments(Admin) && !admin.Is(Bearer.Read(context)))
        {
            LogRefused(log, context.TraceIdentifier, context.Connection.RemoteIpAddress?.ToString());
            throw Bearer.Unknown(context, "the admin key is wrong");
        }

        return next(context);
    }

    // Metrics name tenants, so they are no tenant's to read.
    private void CheckMetrics(HttpContext context)
    {
        if (options.MetricsPorts.Contains(context.Connection.LocalPort))
        {
            return;
        }

        if (options.AdminKey is { } admin)
        {
            if (!admin.Is(Bearer.Read(context)))
            {
                LogRefused(log, context.TraceIdentifier, context.Connection.RemoteIpAddress?.ToString());
                throw Bearer.Unknown(context, "the admin key is wrong");
            }
        }
        else if (NeedsKey || options.MetricsPorts.Count > 0)
        {
            throw new ApiException(new(404, $"there is no {context.Request.Method} {Metrics}", Code: "unknown_url"));
        }
    }

    // Pages for browsers, which ask their user; without an admin key there are none, on any address.
    private void CheckOperations(HttpContext context)
    {
        if (options.AdminKey is not { } admin)
        {
            throw new ApiException(new(404, "there are no pages for operators without an admin key", Code: "unknown_url"));
        }

        var key = OperatorKey.Read(context);
        if (key is null || !admin.Is(key))
        {
            if (key is not null)
            {
                LogRefused(log, context.TraceIdentifier, context.Connection.RemoteIpAddress?.ToString());
            }

            throw OperatorKey.Refuse(context, key);
        }
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
