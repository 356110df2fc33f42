using System.Text;
using Foxtrot.Gateway.Http;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Security;

/// <summary>
/// The admin key as browsers can send it: <c>Authorization: Basic</c> (RFC 7617) with any user name and the key as the password; or
/// <see cref="Bearer"/>. No message repeats what was sent.
/// </summary>
internal static class OperatorKey
{
    private const string Scheme = "Basic ";

    private static readonly string[] Challenges = ["Basic realm=\"foxtrot operations\", charset=\"UTF-8\"", "Bearer"];

    /// <summary>The key of a request; null when it has none in either form.</summary>
    public static string? Read(HttpContext context)
    {
        if (context.Request.Headers.Authorization is not [{ } given])
        {
            return null;
        }

        if (!given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return Bearer.TryRead(context);
        }

        var encoded = given.AsSpan(Scheme.Length).Trim();
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var count))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, count);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }

    /// <summary>What a request without the key is told; a browser then asks its user for it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="key">What it sent; null is nothing.</param>
    public static ApiException Refuse(HttpContext context, string? key)
    {
        context.Response.Headers.WWWAuthenticate = Challenges;
        return new(key is null
            ? new(401, "the header Authorization must be 'Basic' with the admin key as the password, or 'Bearer' and the admin key", "Authorization", "missing_api_key")
            : new(401, "the admin key is wrong", "Authorization", "invalid_api_key"));
    }
}
