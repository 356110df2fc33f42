using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Foxtrot.Inference.Engine;

namespace Foxtrot.Cluster.Sessions;

/// <summary>The hashes of a receipt: SHA-256, as lower-case hex.</summary>
internal static class SessionHashes
{
    /// <summary>Hash of token ids as little-endian 32-bit numbers.</summary>
    public static string Of(ReadOnlySpan<int> tokens) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(tokens)));

    /// <summary>Hash of a log's first tokens and of who wrote each: every token as the 64-bit number id × 2, plus 1 when it was generated.</summary>
    public static string Of(TokenLog log, int count)
    {
        var marked = new long[count];
        for (var i = 0; i < count; i++)
        {
            marked[i] = (2L * log.Tokens[i]) + (log.SourceAt(i) == TokenSource.Generated ? 1 : 0);
        }

        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<long>(marked)));
    }
}
