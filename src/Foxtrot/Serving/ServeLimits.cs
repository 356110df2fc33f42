using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Foxtrot.Serving;

/// <summary>What a connection may cost before anybody knows whose it is.</summary>
internal static class ServeLimits
{
    /// <summary>Bytes of a body at most that no route reads; those that do have a bound of their own.</summary>
    private const int BodyBytes = 4 * 1024 * 1024;

    private const int HeaderBytes = 32 * 1024;
    private const int HeaderCount = 100;
    private const int LineBytes = 8 * 1024;
    private const double SlowestBytesPerSecond = 240;

    private static readonly TimeSpan Headers = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Sets the limits.</summary>
    public static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = HeaderCount;
        kestrel.Limits.MaxRequestLineSize = LineBytes;
        kestrel.Limits.RequestHeadersTimeout = Headers;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(SlowestBytesPerSecond, Grace);
    }
}
