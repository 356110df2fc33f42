using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Http;

/// <summary>The name of one request: the client's own where it sends a sane one, else a new one.</summary>
internal static class RequestIds
{
    /// <summary>The header.</summary>
    public const string Header = "x-request-id";

    private const int Longest = 128;

    private static readonly SearchValues<char> Sane = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    /// <summary>Names a request, in its response and its log.</summary>
    public static void Assign(HttpContext context)
    {
        var given = context.Request.Headers[Header];
        var id = given is [{ Length: > 0 and <= Longest } one] && !one.AsSpan().ContainsAnyExcept(Sane)
            ? one
            : "req_" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
    }
}
