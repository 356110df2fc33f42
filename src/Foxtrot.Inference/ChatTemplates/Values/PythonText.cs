using System.Globalization;
using System.Text;

namespace Foxtrot.Inference.ChatTemplates.Values;

/// <summary>Strings as Python sees them: code points, its white space, its line ends.</summary>
/// <remarks>
/// Upper and lower case are Unicode's one-to-one mappings, so 'ß' stays as it is where Python writes 'SS'.
/// </remarks>
internal static class PythonText
{
    /// <summary>What <c>str.isspace</c> and <c>strip</c> take as white space: .NET's, and the four separators U+001C to U+001F.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    /// <summary>How many code points a text has; an unpaired surrogate counts as one.</summary>
    public static int Length(string text)
    {
        int count = text.Length;
        for (int i = 1; i < text.Length; i++)
        {
            count -= char.IsSurrogatePair(text[i - 1], text[i]) ? 1 : 0;
        }

        return count;
    }

    /// <summary>The code points of a text, each as a string.</summary>
    public static IEnumerable<string> CodePoints(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            yield return pair ? text.Substring(i++, 2) : text[i].ToString();
        }
    }

    /// <summary>The UTF-16 index of a code point's index, at most the text's length.</summary>
    public static int Utf16Index(string text, int codePoint)
    {
        int at = 0;
        for (int i = 0; i < codePoint && at < text.Length; i++)
        {
            at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        }

        return at;
    }

    /// <summary>Strips white space, or the characters given, from either end.</summary>
    public static string Strip(string text, string? characters, bool start, bool end)
    {
        int from = 0;
        int to = text.Length;
        while (start && from < to && Strips(text[from], characters))
        {
            from++;
        }

        while (end && to > from && Strips(text[to - 1], characters))
        {
            to--;
        }

        return text[from..to];
    }

    /// <summary>The lines of a text without their ends, as <c>str.splitlines</c> finds them.</summary>
    public static List<string> SplitLines(string text)
    {
        var lines = new List<string>();
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is (>= '\n' and <= '\r') or (>= '\u001c' and <= '\u001e') or '\u0085' or '\u2028' or '\u2029')
            {
                lines.Add(text[start..i]);
                i += text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
                start = i + 1;
            }
        }

        if (start < text.Length)
        {
            lines.Add(text[start..]);
        }

        return lines;
    }

    /// <summary>First letter upper, the rest lower.</summary>
    public static string Capitalize(string text)
    {
        int first = Utf16Index(text, 1);
        return Upper(text[..first]) + Lower(text[first..]);
    }

    /// <summary><c>str.title</c>: upper after anything that has no case.</summary>
    public static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        bool afterCased = false;
        foreach (string c in CodePoints(text))
        {
            result.Append(afterCased ? Lower(c) : Upper(c));
            afterCased = IsCased(c);
        }

        return result.ToString();
    }

    public static string Upper(string text) => text.ToUpperInvariant();

    public static string Lower(string text) => text.ToLowerInvariant();

    /// <summary>Whether a code point is an upper-, lower- or title-case letter.</summary>
    public static bool IsCased(string codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint, 0)
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    private static bool Strips(char c, string? characters) =>
        characters is null ? IsSpace(c) : characters.Contains(c, StringComparison.Ordinal);
}
