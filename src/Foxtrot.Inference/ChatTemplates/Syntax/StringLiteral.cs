using System.Globalization;
using System.Text;

namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <summary>String literals in single or double quotes, with Python's escapes.</summary>
internal static class StringLiteral
{
    /// <summary>Reads the literal whose quote is at an index.</summary>
    /// <param name="source">The template.</param>
    /// <param name="start">Index of the opening quote.</param>
    /// <param name="end">Index after the closing quote.</param>
    /// <exception cref="ChatTemplateException">The literal is not closed, or an escape is malformed.</exception>
    public static string Read(SourceText source, int start, out int end)
    {
        string text = source.Text;
        var value = new StringBuilder();
        for (int i = start + 1; i < text.Length;)
        {
            if (text[i] == text[start])
            {
                end = i + 1;
                return value.ToString();
            }

            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i = ReadEscape(source, i, value);
            }
            else
            {
                value.Append(text[i++]);
            }
        }

        throw ChatTemplateException.Syntax("the string opened here is not closed.", source.PositionAt(start));
    }

    private static int ReadEscape(SourceText source, int at, StringBuilder value)
    {
        string text = source.Text;
        char kind = text[at + 1];
        switch (kind)
        {
            case '\n':
                return at + 2;
            case 'x':
                return ReadHex(source, at, 2, value);
            case 'u':
                return ReadHex(source, at, 4, value);
            case 'U':
                return ReadHex(source, at, 8, value);
            case 'N':
                throw ChatTemplateException.Unsupported("the escape", "\\N", source.PositionAt(at));
            case >= '0' and <= '7':
                int end = at + 1;
                int octal = 0;
                while (end < text.Length && end < at + 4 && text[end] is >= '0' and <= '7')
                {
                    octal = (octal * 8) + (text[end++] - '0');
                }

                value.Append((char)octal);
                return end;
        }

        int simple = "\\'\"abfnrtv".IndexOf(kind, StringComparison.Ordinal);
        if (simple >= 0)
        {
            value.Append("\\'\"\a\b\f\n\r\t\v"[simple]);
        }
        else
        {
            // As in Python, a backslash before any other character stands for itself.
            value.Append('\\').Append(kind);
        }

        return at + 2;
    }

    private static int ReadHex(SourceText source, int at, int digits, StringBuilder value)
    {
        int end = at + 2 + digits;
        if (end > source.Text.Length
            || !int.TryParse(source.Text.AsSpan(at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
            || code is < 0 or > 0x10FFFF)
        {
            throw ChatTemplateException.Syntax($"the escape '\\{source.Text[at + 1]}' needs {digits} hexadecimal digits of a character.", source.PositionAt(at));
        }

        if (code <= 0xFFFF)
        {
            value.Append((char)code);
        }
        else
        {
            value.Append(char.ConvertFromUtf32(code));
        }

        return end;
    }
}
