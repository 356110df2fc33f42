using System.Buffers.Text;

namespace Foxtrot.Bench.Load;

/// <summary>What one line of a streamed reply is.</summary>
internal enum ReplyLineKind
{
    /// <summary>A blank line, a comment, or a chunk without text.</summary>
    Other,

    /// <summary>A chunk with text.</summary>
    Text,

    /// <summary>The server's report of an error.</summary>
    Error,

    /// <summary>The end of a whole reply.</summary>
    Done,
}

/// <summary>What a reply cost, as the server counts it.</summary>
/// <param name="Prompt">Prompt tokens.</param>
/// <param name="Output">Output tokens.</param>
internal readonly record struct ReplyUsage(int Prompt, int Output);

/// <summary>Tells the lines of an OpenAI-compatible stream apart by a few searches for bytes, without reading their JSON.</summary>
/// <remarks>Quotation marks inside JSON strings are escaped, so a quoted name with its colon is always a key.</remarks>
internal static class ReplyLine
{
    /// <summary>Reads one line.</summary>
    /// <param name="line">Without its line break.</param>
    /// <param name="usage">Set where the line states it, else left alone.</param>
    public static ReplyLineKind Read(ReadOnlySpan<byte> line, ref ReplyUsage? usage)
    {
        if (!line.StartsWith("data:"u8))
        {
            return line.StartsWith("event: error"u8) || line.StartsWith("event:error"u8) || line.StartsWith("error:"u8)
                ? ReplyLineKind.Error
                : ReplyLineKind.Other;
        }

        line = line["data:"u8.Length..].TrimStart((byte)' ');
        if (line.StartsWith("[DONE]"u8))
        {
            return ReplyLineKind.Done;
        }

        if (line.StartsWith("{\"error\""u8))
        {
            return ReplyLineKind.Error;
        }

        if (Value(line, "\"usage\":"u8) is [(byte)'{', ..] counts
            && Utf8Parser.TryParse(Value(counts, "\"completion_tokens\":"u8), out int tokens, out _))
        {
            usage = new ReplyUsage(Utf8Parser.TryParse(Value(counts, "\"prompt_tokens\":"u8), out int prompt, out _) ? prompt : 0, tokens);
        }

        return HasText(line, "\"text\":"u8) || HasText(line, "\"content\":"u8) || HasText(line, "\"reasoning_content\":"u8)
            ? ReplyLineKind.Text
            : ReplyLineKind.Other;
    }

    private static bool HasText(ReadOnlySpan<byte> json, ReadOnlySpan<byte> key) =>
        Value(json, key) is [(byte)'"', not (byte)'"', ..];

    // What follows a key, or nothing.
    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> json, ReadOnlySpan<byte> key)
    {
        var at = json.IndexOf(key);
        return at < 0 ? default : json[(at + key.Length)..].TrimStart((byte)' ');
    }
}
