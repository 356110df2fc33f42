using System.Buffers.Binary;
using System.Text;
using Foxtrot.Contracts.Sessions;
using Microsoft.Extensions.AI;

namespace Foxtrot.Client.Chat;

/// <summary>A place in a durable reply, as a continuation token: the next output token's index, then the session's key.</summary>
/// <param name="Key">The session.</param>
/// <param name="Next">Index of the next output token.</param>
internal readonly record struct ReplyPosition(SessionKey Key, int Next)
{
    /// <summary>The token of a place.</summary>
    public static ResponseContinuationToken Token(SessionKey key, int next)
    {
        var text = key.ToString();
        var bytes = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, next);
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(sizeof(int)));
        return ResponseContinuationToken.FromBytes(bytes);
    }

    /// <summary>The place of a token.</summary>
    /// <exception cref="ArgumentException">It is no token of this client.</exception>
    public static ReplyPosition Read(ResponseContinuationToken token)
    {
        var bytes = token.ToBytes().Span;
        return bytes.Length > sizeof(int)
            && BinaryPrimitives.ReadInt32LittleEndian(bytes) is var next and >= 0
            && SessionKey.TryParse(Encoding.UTF8.GetString(bytes[sizeof(int)..]), out var key)
            ? new ReplyPosition(key, next)
            : throw new ArgumentException("the continuation token is not one of this client", nameof(token));
    }
}
