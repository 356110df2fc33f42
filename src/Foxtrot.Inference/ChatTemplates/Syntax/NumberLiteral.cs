using System.Globalization;
using System.Numerics;

namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <summary>Number literals: decimal, 0x, 0o and 0b integers and floats, with '_' between digits.</summary>
/// <remarks>Source: integer_re and float_re of jinja2/lexer.py (3.1).</remarks>
internal static class NumberLiteral
{
    /// <summary>The kind and the end of the number that starts at an index; after a dot only an integer is read (<c>x.0.1</c>).</summary>
    public static (TokenKind Kind, int End) Scan(string text, int start, bool afterDot)
    {
        if (text[start] == '0' && start + 2 < text.Length && (text[start + 1] | 0x20) is 'x' or 'o' or 'b')
        {
            int numberBase = (text[start + 1] | 0x20) switch { 'x' => 16, 'o' => 8, _ => 2 };
            int prefixed = Digits(text, start + 2, numberBase);
            if (prefixed > start + 2)
            {
                return (TokenKind.Integer, prefixed);
            }
        }

        int end = Digits(text, start, 10);
        if (afterDot)
        {
            return (TokenKind.Integer, end);
        }

        int fraction = end < text.Length && text[end] == '.' ? Digits(text, end + 1, 10) : end;
        int whole = fraction > end + 1 ? fraction : end;
        int exponent = whole;
        if (exponent < text.Length && (text[exponent] | 0x20) == 'e')
        {
            exponent += exponent + 1 < text.Length && text[exponent + 1] is '+' or '-' ? 2 : 1;
            int last = Digits(text, exponent, 10);
            whole = last > exponent ? last : whole;
        }

        return (whole > end ? TokenKind.Float : TokenKind.Integer, whole);
    }

    /// <summary>The value of an integer token's digits.</summary>
    public static BigInteger ParseInteger(string digits)
    {
        int numberBase = digits.Length > 2 ? (digits[1] | 0x20) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 } : 10;
        if (numberBase == 10)
        {
            return BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        }

        BigInteger value = BigInteger.Zero;
        foreach (char c in digits.AsSpan(2))
        {
            value = (value * numberBase) + Convert.ToInt32(c.ToString(), 16);
        }

        return value;
    }

    private static int Digits(string text, int at, int numberBase)
    {
        while (at < text.Length
            && (IsDigit(text[at], numberBase)
                || (text[at] == '_' && at + 1 < text.Length && IsDigit(text[at + 1], numberBase))))
        {
            at++;
        }

        return at;
    }

    private static bool IsDigit(char c, int numberBase) =>
        numberBase == 16 ? char.IsAsciiHexDigit(c) : c >= '0' && c < '0' + numberBase;
}
