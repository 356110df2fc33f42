using System.Globalization;
using System.Text;
using Foxtrot.Gateway.Http;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>The bytes of a token's own text, in which bytes that are not UTF-8 stand as <c>\xNN</c>.</summary>
internal static class TokenBytes
{
    private const int EscapeLength = 4;

    /// <summary>Writes the bytes as a JSON array.</summary>
    public static void Write(JsonBytes json, string text)
    {
        json.Raw("["u8);
        var first = true;
        Span<byte> utf8 = stackalloc byte[4];
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            var length = 1;
            if (TryEscape(rest, out utf8[0]))
            {
                rest = rest[EscapeLength..];
            }
            else
            {
                Rune.DecodeFromUtf16(rest, out var rune, out var taken);
                length = rune.EncodeToUtf8(utf8);
                rest = rest[taken..];
            }

            foreach (var one in utf8[..length])
            {
                if (!first)
                {
                    json.Raw(","u8);
                }

                json.Number(one);
                first = false;
            }
        }

        json.Raw("]"u8);
    }

    /// <summary>How many characters (code points) begin in the token; summed over tokens, how many the text has.</summary>
    public static int CodePoints(string text)
    {
        var count = 0;
        var rest = text.AsSpan();
        while (rest.Length > 0)
        {
            if (TryEscape(rest, out var one))
            {
                // Bytes 10xxxxxx go on with a character that has begun.
                count += (one & 0xC0) == 0x80 ? 0 : 1;
                rest = rest[EscapeLength..];
            }
            else
            {
                Rune.DecodeFromUtf16(rest, out _, out var taken);
                count++;
                rest = rest[taken..];
            }
        }

        return count;
    }

    // Only bytes from 0x80 on can be outside UTF-8, so a text such as \x41 stands for itself.
    private static bool TryEscape(ReadOnlySpan<char> text, out byte value)
    {
        value = 0;
        return text.Length >= EscapeLength && text[0] == '\\' && text[1] == 'x'
            && byte.TryParse(text[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value >= 0x80;
    }
}
