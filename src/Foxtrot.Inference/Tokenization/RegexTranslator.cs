using System.Buffers;
using System.Globalization;
using System.Text;

namespace Foxtrot.Inference.Tokenization;

/// <summary>Carries a pattern over from Oniguruma's syntax to .NET's, construct by construct.</summary>
/// <remarks>
/// Only constructs whose meaning is known to be the same (or can be made the same) pass: <c>\w</c> is spelled out,
/// possessive quantifiers become atomic groups, and letters under <c>(?i:</c> become classes with Unicode's simple case
/// folding (s also matches ſ, k also K). Anchors, word boundaries, back references, scripts, nested classes and POSIX
/// brackets are refused: Oniguruma gives several of them another meaning. Source: Oniguruma 6.9, doc/RE.
/// </remarks>
internal sealed class RegexTranslator
{
    private static readonly HashSet<string> Categories = new(StringComparer.Ordinal)
    {
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Co", "Cn",
    };

    private static readonly SearchValues<char> CountCharacters = SearchValues.Create("0123456789,");

    private readonly string _pattern;
    private readonly List<(char From, char To)> _named = [];
    private readonly StringBuilder _output = new();
    private int _at;

    private RegexTranslator(string pattern) => _pattern = pattern;

    /// <summary>Translates a pattern.</summary>
    /// <param name="pattern">Oniguruma's syntax.</param>
    /// <returns>.NET's syntax, and the characters that the pattern names literally or in ranges.</returns>
    /// <exception cref="FormatException">The pattern is broken or has a construct that is refused; the message names it.</exception>
    public static (string Pattern, IReadOnlyList<(char From, char To)> Named) Translate(string pattern)
    {
        foreach (var c in pattern)
        {
            if (char.IsSurrogate(c))
            {
                throw new FormatException("code points above U+FFFF are not supported in a pattern");
            }
        }

        var translator = new RegexTranslator(pattern);
        translator.Alternatives(ignoreCase: false);
        if (translator._at < pattern.Length)
        {
            throw translator.Refuse("unbalanced ')'");
        }

        try
        {
            _ = new System.Text.RegularExpressions.Regex(translator._output.ToString());
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"'{pattern}' is not a regular expression: {e.Message}", e);
        }

        return (translator._output.ToString(), translator._named);
    }

    private bool More => _at < _pattern.Length;

    private char Current => _pattern[_at];

    private void Alternatives(bool ignoreCase)
    {
        var previous = '\0';
        while (More && Current != ')')
        {
            if (Current == '|')
            {
                _output.Append('|');
                _at++;
                previous = '\0';
                continue;
            }

            var start = _output.Length;
            var letter = Atom(ignoreCase);
            if (ignoreCase && $"{previous}{letter}" is "ss" or "ff" or "fi" or "fl" or "st")
            {
                throw Refuse($"'{previous}{letter}' under (?i:");
            }

            previous = letter;
            Quantifier(start);
        }
    }

    /// <summary>One atom; returns the lower-case ASCII letter that it is, or NUL.</summary>
    private char Atom(bool ignoreCase)
    {
        var c = _pattern[_at++];
        switch (c)
        {
            case '(':
                Group(ignoreCase);
                return '\0';
            case '[':
                Class(ignoreCase);
                return '\0';
            case '.':
                _output.Append('.');
                return '\0';
            case '\\':
                if (Escape(inClass: false, ignoreCase) is { } escaped)
                {
                    Literal(escaped, ignoreCase);
                }

                return '\0';
            case '^' or '$' or '*' or '+' or '?':
                throw Refuse($"'{c}' here");
            case '{' or '}' or ']':
                throw Refuse($"a bare '{c}'");
            default:
                Literal(c, ignoreCase);
                return char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) : '\0';
        }
    }

    private void Group(bool ignoreCase)
    {
        var opening = "(?:";
        if (More && Current == '?')
        {
            opening = Array.Find(["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:", "(?-i:"], o => _pattern.AsSpan(_at - 1).StartsWith(o, StringComparison.Ordinal))
                ?? throw Refuse($"the group '{_pattern.AsSpan(_at - 1, Math.Min(4, _pattern.Length - _at + 1))}'");
            _at += opening.Length - 1;
            ignoreCase = opening switch { "(?i:" => true, "(?-i:" => false, _ => ignoreCase };
        }

        // Letters under (?i: are spelled out, so the option itself is not passed on.
        _output.Append(opening is "(?i:" or "(?-i:" ? "(?:" : opening);
        Alternatives(ignoreCase);
        if (!More)
        {
            throw Refuse("an unclosed '('");
        }

        _at++;
        _output.Append(')');
    }

    private void Quantifier(int atomStart)
    {
        if (!More || Current is not ('*' or '+' or '?' or '{'))
        {
            return;
        }

        var start = _at;
        var counted = Current == '{';
        if (counted)
        {
            var close = _pattern.IndexOf('}', _at);
            var inside = close < 0 ? default : _pattern.AsSpan(_at + 1, close - _at - 1);
            if (inside.IsEmpty || inside[0] == ',' || inside.ContainsAnyExcept(CountCharacters))
            {
                throw Refuse("this form of '{'");
            }

            _at = close;
        }

        _at++;
        _output.Append(_pattern, start, _at - start);
        if (More && Current == '?' && !(counted && !_pattern.AsSpan(start, _at - start).Contains(',')))
        {
            _output.Append('?');
            _at++;
        }
        else if (More && Current == '+' && !counted)
        {
            _output.Insert(atomStart, "(?>").Append(')');
            _at++;
        }

        if (More && Current is ('*' or '+' or '?' or '{'))
        {
            throw Refuse("a quantifier after a quantifier");
        }
    }

    private void Class(bool ignoreCase)
    {
        _output.Append('[');
        if (More && Current == '^')
        {
            _output.Append('^');
            _at++;
        }

        var first = true;
        while (true)
        {
            if (!More)
            {
                throw Refuse("an unclosed '['");
            }

            var c = _pattern[_at++];
            if (c == ']' && !first)
            {
                break;
            }

            first = false;
            if (c is '[' or ']' || (c == '&' && More && Current == '&'))
            {
                throw Refuse($"'{c}' inside a class");
            }

            var from = c == '\\' ? Escape(inClass: true, ignoreCase) : c;
            if (from is not { } low)
            {
                continue;
            }

            var high = low;
            if (_at + 1 < _pattern.Length && Current == '-' && _pattern[_at + 1] != ']')
            {
                _at++;
                var to = _pattern[_at++];
                high = (to == '\\' ? Escape(inClass: true, ignoreCase) : to) ?? throw Refuse("a range that ends in a class");
            }

            Range(low, high, ignoreCase);
        }

        _output.Append(']');
    }

    private void Range(char from, char to, bool ignoreCase)
    {
        if (from > to)
        {
            throw Refuse($"the empty range '{from}-{to}'");
        }

        _named.Add((from, to));
        AppendEscaped(from);
        if (to > from)
        {
            _output.Append('-');
            AppendEscaped(to);
        }

        if (!ignoreCase)
        {
            return;
        }

        for (int c = from; c <= to; c++)
        {
            foreach (var other in OtherCases((char)c))
            {
                _named.Add((other, other));
                AppendEscaped(other);
            }
        }
    }

    private void Literal(char c, bool ignoreCase)
    {
        _named.Add((c, c));
        var others = ignoreCase ? OtherCases(c) : "";
        if (others.Length == 0)
        {
            AppendEscaped(c);
            return;
        }

        _output.Append('[');
        AppendEscaped(c);
        foreach (var other in others)
        {
            _named.Add((other, other));
            AppendEscaped(other);
        }

        _output.Append(']');
    }

    /// <summary>The characters that Unicode's simple case folding equates with an ASCII character.</summary>
    private string OtherCases(char c) => c switch
    {
        >= (char)0x80 => throw Refuse("a character that is not ASCII under (?i:"),
        's' or 'S' => c == 's' ? "Sſ" : "sſ",
        'k' or 'K' => c == 'k' ? "K\u212A" : "k\u212A",
        _ when char.IsAsciiLetterLower(c) => char.ToUpperInvariant(c).ToString(),
        _ when char.IsAsciiLetterUpper(c) => char.ToLowerInvariant(c).ToString(),
        _ => "",
    };

    /// <summary>What follows a backslash: a literal is returned, a set is written and null returned.</summary>
    private char? Escape(bool inClass, bool ignoreCase)
    {
        if (!More)
        {
            throw Refuse("a backslash at the end");
        }

        var c = _pattern[_at++];
        switch (c)
        {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'f': return '\f';
            case 'v': return '\v';
            case 'a': return '\a';
            case 'e': return '\u001B';
            case 's' or 'S' or 'd' or 'D':
                _output.Append('\\').Append(c);
                return null;
            case 'w':
                _output.Append(inClass ? @"\p{L}\p{M}\p{Nd}\p{Pc}" : @"[\p{L}\p{M}\p{Nd}\p{Pc}]");
                return null;
            case 'W' when !inClass:
                _output.Append(@"[^\p{L}\p{M}\p{Nd}\p{Pc}]");
                return null;
            case 'p' or 'P':
                Property(c, ignoreCase);
                return null;
            case 'x' or 'u':
                return Hexadecimal(c);
            default:
                return char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) ? c : throw Refuse($"'\\{c}'");
        }
    }

    private void Property(char letter, bool ignoreCase)
    {
        var close = More && Current == '{' ? _pattern.IndexOf('}', _at) : -1;
        var name = close < 0 ? throw Refuse($"'\\{letter}' without a name") : _pattern[(_at + 1)..close];
        var negated = letter == 'P';
        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        if (!Categories.Contains(name) || (ignoreCase && name is ("Lu" or "Ll" or "Lt")))
        {
            throw Refuse($"'\\{letter}{{{name}}}'{(ignoreCase ? " under (?i:" : "")}");
        }

        _at = close + 1;
        _output.Append(negated ? @"\P{" : @"\p{").Append(name).Append('}');
    }

    private char Hexadecimal(char kind)
    {
        var digits = kind == 'u' ? 4 : 2;
        var start = _at;
        if (kind == 'x' && More && Current == '{')
        {
            start++;
            digits = _pattern.IndexOf('}', _at) - start;
            _at = start + digits + 1;
        }
        else
        {
            _at += digits;
        }

        return digits > 0 && start + digits <= _pattern.Length
            && int.TryParse(_pattern.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && value is >= 0 and <= char.MaxValue && !char.IsSurrogate((char)value) && (kind == 'u' || digits > 2 || value < 0x80)
            ? (char)value
            : throw Refuse($"this form of '\\{kind}'");
    }

    private void AppendEscaped(char c)
    {
        if (char.IsAsciiLetterOrDigit(c))
        {
            _output.Append(c);
        }
        else
        {
            _output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
        }
    }

    private FormatException Refuse(string what) =>
        new($"the pattern '{_pattern}' has {what} (near character {_at}), which is not supported");
}
