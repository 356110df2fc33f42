using System.Buffers;
using System.Globalization;
using System.Text;

namespace Foxtrot.Inference.Tokenization;

/// <summary>A stretch of text: an added token, or text between them when <see cref="Token"/> is null.</summary>
internal readonly record struct TextSegment(int Start, int End, AddedToken? Token);

/// <summary>Finds added tokens in text: leftmost, then longest, never overlapping. Immutable.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<string, AddedToken> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> _tokensBySpan;
    private readonly Dictionary<char, int[]> _lengths = [];
    private readonly SearchValues<char> _firstCharacters;

    /// <summary>A matcher for tokens by the spelling that is sought.</summary>
    public AddedTokenMatcher(IEnumerable<(string Spelling, AddedToken Token)> tokens)
    {
        foreach (var (spelling, token) in tokens)
        {
            if (spelling.Length > 0)
            {
                _tokens.TryAdd(spelling, token);
            }
        }

        _tokensBySpan = _tokens.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var group in _tokens.Keys.GroupBy(spelling => spelling[0]))
        {
            _lengths[group.Key] = [.. group.Select(spelling => spelling.Length).Distinct().OrderDescending()];
        }

        _firstCharacters = SearchValues.Create([.. _lengths.Keys]);
    }

    /// <summary>Cuts text into added tokens and what lies between; together they cover it.</summary>
    /// <param name="text">Raw or normalized text.</param>
    /// <param name="parseSpecial">False: special tokens are text like any other.</param>
    public List<TextSegment> Split(ReadOnlySpan<char> text, bool parseSpecial)
    {
        var segments = new List<TextSegment>();
        var covered = 0;
        for (var at = 0; TryFind(text, at, out var start, out var end, out var token);)
        {
            at = end;
            if ((token.Special && !parseSpecial) || (token.SingleWord && TouchesWord(text, start, end)))
            {
                continue;
            }

            if (token.LeftStrip)
            {
                start = Math.Max(text[..start].TrimEnd().Length, covered);
            }

            if (token.RightStrip)
            {
                end = text.Length - text[end..].TrimStart().Length;
            }

            if (covered < start)
            {
                segments.Add(new TextSegment(covered, start, null));
            }

            segments.Add(new TextSegment(start, end, token));
            covered = end;
        }

        if (covered < text.Length)
        {
            segments.Add(new TextSegment(covered, text.Length, null));
        }

        return segments;
    }

    private bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end, out AddedToken token)
    {
        while (text[from..].IndexOfAny(_firstCharacters) is var skipped and >= 0)
        {
            start = from + skipped;
            foreach (var length in _lengths[text[start]])
            {
                if (start + length <= text.Length && _tokensBySpan.TryGetValue(text.Slice(start, length), out token!))
                {
                    end = start + length;
                    return true;
                }
            }

            from = start + 1;
        }

        start = end = 0;
        token = null!;
        return false;
    }

    private static bool TouchesWord(ReadOnlySpan<char> text, int start, int end)
    {
        Rune.DecodeLastFromUtf16(text[..start], out var before, out _);
        Rune.DecodeFromUtf16(text[end..], out var after, out _);
        return (start > 0 && IsWord(before)) || (end < text.Length && IsWord(after));
    }

    private static bool IsWord(Rune rune) => rune.Value is 0x200C or 0x200D || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark
        or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.DecimalDigitNumber
        or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;
}
