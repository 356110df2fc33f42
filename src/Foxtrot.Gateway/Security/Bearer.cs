using Foxtrot.Gateway.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Foxtrot.Gateway.Security;

/// <summary>Keys in the header <c>Authorization: Bearer KEY</c> (RFC 6750). No message repeats what was sent.</summary>
internal static class Bearer
{
    private const string Scheme = "Bearer ";

    /// <summary>The key of a request; null when it has none.</summary>
    public static string? TryRead(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } one] && one.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && one.AsSpan(Scheme.Length).Trim() is { Length: > 0 } key
                ? key.ToString()
                : null;

    /// <summary>The key of a request.</summary>
    /// <exception cref="ApiException">401: there is none.</exception>
    public static string Read(HttpContext context)
    {
        if (TryRead(context) is { } key)
        {
            return key;
        }

        var given = context.Request.Headers.Authorization;
        var found = StringValues.IsNullOrEmpty(given) ? "is missing" : "is something else";
        throw Refuse(context, "Bearer", new(401, $"the header Authorization must be 'Bearer' and an API key, but {found}", "Authorization", "missing_api_key"));
    }

    /// <summary>What a request with a wrong key is told: the same whatever is wrong with it.</summary>
    public static ApiException Unknown(HttpContext context, string message) =>
        Refuse(context, "Bearer error=\"invalid_token\"", new(401, message, "Authorization", "invalid_api_key"));

    private static ApiException Refuse(HttpContext context, string challenge, ApiError error)
    {
        context.Response.Headers.WWWAuthenticate = challenge;
        return new(error);
    }
}
