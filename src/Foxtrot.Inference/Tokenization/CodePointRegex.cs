using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Foxtrot.Inference.Tokenization;

/// <summary>A regular expression of tokenizer.json, matched by code points with the meaning it has there.</summary>
/// <remarks>
/// tokenizer.json's patterns are written for Oniguruma, which matches code points; .NET matches UTF-16 units, so that
/// <c>\p{L}</c> would miss 𝒜 and <c>[^\s\p{L}]</c> would match half of it. Text with code points above U+FFFF is
/// therefore matched through a copy in which each of them is one BMP character of the same general category that the
/// pattern does not name. Patterns go through <see cref="RegexTranslator"/>, which refuses what it cannot carry over
/// exactly. Immutable, safe for many threads.
/// </remarks>
internal sealed class CodePointRegex
{
    // Compiling takes some 50 ms, which pays on long texts only.
    private const int CompileFrom = 16_384;

    private readonly Regex _interpreted;
    private readonly Lazy<Regex> _compiled;
    private readonly char[] _standIns;

    /// <summary>Translates a pattern.</summary>
    /// <param name="pattern">A pattern in Oniguruma's syntax.</param>
    /// <exception cref="FormatException">It has something that cannot be carried over exactly; the message names it.</exception>
    public CodePointRegex(string pattern)
    {
        var (translated, named) = RegexTranslator.Translate(pattern);
        _interpreted = new Regex(translated, RegexOptions.CultureInvariant);
        _compiled = new Lazy<Regex>(() => new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.Compiled));
        _standIns = StandInsOutside(named);
    }

    /// <summary>Reports every match, in order.</summary>
    public void Find(ReadOnlySpan<char> text, MatchList matches)
    {
        var regex = _compiled.IsValueCreated || text.Length >= CompileFrom ? _compiled.Value : _interpreted;
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            foreach (var match in regex.EnumerateMatches(text))
            {
                matches.Add(match.Index, match.Index + match.Length);
            }

            return;
        }

        var shadow = new char[text.Length];
        var origin = new int[text.Length + 1];
        var count = 0;
        for (var i = 0; i < text.Length;)
        {
            origin[count] = i;
            Rune.DecodeFromUtf16(text[i..], out var rune, out var consumed);
            shadow[count++] = consumed == 2 ? _standIns[(int)Rune.GetUnicodeCategory(rune)] : text[i];
            i += consumed;
        }

        origin[count] = text.Length;
        foreach (var match in regex.EnumerateMatches(shadow.AsSpan(0, count)))
        {
            matches.Add(origin[match.Index], origin[match.Index + match.Length]);
        }
    }

    /// <summary>For each general category, a BMP character of it that the pattern names neither literally nor in a range.</summary>
    private static char[] StandInsOutside(IReadOnlyList<(char From, char To)> named)
    {
        var standIns = new char[30];
        for (int c = char.MaxValue; c >= 0x80; c--)
        {
            var category = (int)CharUnicodeInfo.GetUnicodeCategory((char)c);
            if (standIns[category] == 0 && !Named((char)c))
            {
                standIns[category] = (char)c;
            }
        }

        return standIns;

        bool Named(char c)
        {
            foreach (var (from, to) in named)
            {
                if (c >= from && c <= to)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
