using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Foxtrot.Gateway.Http;

/// <summary>Writes JSON as UTF-8 straight into a buffer; for what is written per token. Allocates nothing.</summary>
/// <remarks>The caller sees to commas and brackets.</remarks>
internal readonly struct JsonBytes(IBufferWriter<byte> output)
{
    private const int LongestNumber = 32;

    /// <summary>Characters that JSON text cannot hold as they are.</summary>
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000A\u000B\u000C\u000D\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F");

    /// <summary>Bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    /// <summary>A text in quotes.</summary>
    public void Text(string text)
    {
        var span = output.GetSpan(MaxLength(text) + 2);
        span[0] = (byte)'"';
        var length = 1 + Escape(text, span[1..]);
        span[length] = (byte)'"';
        output.Advance(length + 1);
    }

    /// <summary>Text between bytes that were made before; one reservation for all of it.</summary>
    public void Around(ReadOnlySpan<byte> before, string text, ReadOnlySpan<byte> after)
    {
        var span = output.GetSpan(before.Length + MaxLength(text) + after.Length);
        before.CopyTo(span);
        var length = before.Length;
        length += Escape(text, span[length..]);
        after.CopyTo(span[length..]);
        output.Advance(length + after.Length);
    }

    /// <summary>An integer.</summary>
    public void Number(long number)
    {
        number.TryFormat(output.GetSpan(LongestNumber), out var length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
    }

    /// <summary>A number; one that JSON does not have (infinite, NaN) as the substitute.</summary>
    public void Number(double number, ReadOnlySpan<byte> substitute)
    {
        if (!double.IsFinite(number))
        {
            Raw(substitute);
            return;
        }

        number.TryFormat(output.GetSpan(LongestNumber), out var length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
    }

    /// <summary>Escapes text for JSON.</summary>
    /// <param name="text">The text; halves of surrogate pairs become U+FFFD.</param>
    /// <param name="target">At least <see cref="MaxLength"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int Escape(ReadOnlySpan<char> text, Span<byte> target)
    {
        var length = 0;
        while (true)
        {
            var clean = text.IndexOfAny(Escaped);
            if (clean < 0)
            {
                return length + Encoding.UTF8.GetBytes(text, target[length..]);
            }

            length += Encoding.UTF8.GetBytes(text[..clean], target[length..]);
            length += EscapeOne(text[clean], target[length..]);
            text = text[(clean + 1)..];
        }
    }

    /// <summary>Bytes that a text may need: a control character needs six, any other at most three.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MaxLength(string text) => 6 * text.Length;

    private static int EscapeOne(char c, Span<byte> target)
    {
        target[0] = (byte)'\\';
        target[1] = c switch
        {
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            '\b' => (byte)'b',
            '\f' => (byte)'f',
            '"' or '\\' => (byte)c,
            _ => (byte)'u',
        };
        if (target[1] != 'u')
        {
            return 2;
        }

        ((int)c).TryFormat(target[2..], out _, "x4", CultureInfo.InvariantCulture);
        return 6;
    }
}
