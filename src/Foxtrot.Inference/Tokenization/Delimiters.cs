using System.Text;

namespace Foxtrot.Inference.Tokenization;

/// <summary>What becomes of a delimiter when text is cut at it. The names are those of tokenizer.json.</summary>
internal enum DelimiterBehavior
{
    /// <summary>It vanishes.</summary>
    Removed,

    /// <summary>It is a piece of its own.</summary>
    Isolated,

    /// <summary>It ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>It begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>Neighbouring delimiters form one piece.</summary>
    Contiguous,
}

/// <summary>A stretch of a piece: a delimiter or what lies between two.</summary>
internal readonly record struct Match(int Start, int End, bool IsDelimiter);

/// <summary>Collects the delimiters of a piece in order and fills in what lies between them.</summary>
internal readonly struct MatchList(List<Match> matches, int length)
{
    /// <summary>Adds a delimiter that does not begin before the end of the last one.</summary>
    public void Add(int start, int end)
    {
        Complete(matches, start);
        matches.Add(new Match(start, Math.Min(end, length), true));
    }

    /// <summary>Adds what lies between the last delimiter and <paramref name="end"/>.</summary>
    public static void Complete(List<Match> matches, int end)
    {
        var last = matches.Count == 0 ? 0 : matches[^1].End;
        if (last < end)
        {
            matches.Add(new Match(last, end, false));
        }
    }
}

/// <summary>Finds where to cut.</summary>
internal interface IDelimiter
{
    /// <summary>Reports every occurrence, in order.</summary>
    void Find(ReadOnlySpan<char> text, MatchList matches);
}

/// <summary>Cuts at each occurrence of a string.</summary>
internal sealed class StringDelimiter(string value) : IDelimiter
{
    public void Find(ReadOnlySpan<char> text, MatchList matches)
    {
        for (var at = 0; text[at..].IndexOf(value, StringComparison.Ordinal) is var found and >= 0;)
        {
            matches.Add(at + found, at + found + value.Length);
            at += found + value.Length;
        }
    }
}

/// <summary>Cuts at each code point of a kind; neighbours are separate delimiters.</summary>
internal sealed class RuneDelimiter(Func<Rune, bool> isDelimiter) : IDelimiter
{
    public void Find(ReadOnlySpan<char> text, MatchList matches)
    {
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text[i..], out var rune, out var consumed);
            if (isDelimiter(rune))
            {
                matches.Add(i, i + consumed);
            }

            i += consumed;
        }
    }
}

/// <summary>Cuts at each match of a regular expression.</summary>
internal sealed class RegexDelimiter(CodePointRegex regex) : IDelimiter
{
    public void Find(ReadOnlySpan<char> text, MatchList matches) => regex.Find(text, matches);
}
