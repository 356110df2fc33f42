using System.Globalization;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Tenants;

/// <summary>
/// Says on every answer below /v1 how the tenant's limits per minute stand: <c>x-ratelimit-{limit,remaining,reset}-{requests,tokens}</c>.
/// Nothing for limits that it does not have. Comes after whatever finds out who calls.
/// </summary>
/// <remarks>As of this process's last exchange with the tenant's quota, less what it spent since, more what was refilled.</remarks>
internal sealed class RateLimitHeaders(RequestDelegate next, ITenantSource tenants, TenantQuotas quotas)
{
    private static readonly PathString Api = "/v1";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments(Api) && tenants.TenantOf(context) is { Limits: not { RequestsPerMinute: null, TokensPerMinute: null } } tenant)
        {
            context.Response.OnStarting(() => Write(context.Response.Headers, tenant));
        }

        return next(context);
    }

    /// <summary>A duration in OpenAI's form, which is Go's: <c>12ms</c>, <c>1.2s</c>, <c>6m0s</c>; rounded up to milliseconds.</summary>
    internal static string Duration(TimeSpan span)
    {
        var milliseconds = (long)Math.Ceiling(Math.Round(span.TotalMilliseconds, 3));
        if (milliseconds is > 0 and < 1000)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
        }

        var (minutes, rest) = Math.DivRem(milliseconds, 60_000);
        var seconds = (rest / 1000m).ToString("0.###", CultureInfo.InvariantCulture) + "s";
        if (minutes == 0)
        {
            return seconds;
        }

        var (hours, left) = Math.DivRem(minutes, 60);
        return hours == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{left}m{seconds}")
            : string.Create(CultureInfo.InvariantCulture, $"{hours}h{left}m{seconds}");
    }

    private Task Write(IHeaderDictionary headers, Tenant tenant)
    {
        var (requests, tokens) = quotas.StatusOf(tenant);
        Write(headers, "requests", requests);
        Write(headers, "tokens", tokens);
        return Task.CompletedTask;
    }

    private static void Write(IHeaderDictionary headers, string what, RateStatus? status)
    {
        if (status is { } known)
        {
            headers["x-ratelimit-limit-" + what] = known.Limit.ToString(CultureInfo.InvariantCulture);
            headers["x-ratelimit-remaining-" + what] = known.Remaining.ToString(CultureInfo.InvariantCulture);
            headers["x-ratelimit-reset-" + what] = Duration(known.Reset);
        }
    }
}
