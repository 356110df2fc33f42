using System.Text;

namespace Foxtrot.Inference.Tokenization;

/// <summary>One step that rewrites text before it is cut into words, as <c>normalizer</c> of tokenizer.json lists them. Immutable.</summary>
internal abstract class Normalizer
{
    /// <summary>The rewritten text; the very same string when nothing changed.</summary>
    public abstract string Normalize(string text);
}

/// <summary>Several steps in turn.</summary>
internal sealed class SequenceNormalizer(Normalizer[] steps) : Normalizer
{
    public override string Normalize(string text)
    {
        foreach (var step in steps)
        {
            text = step.Normalize(text);
        }

        return text;
    }
}

/// <summary>NFC, NFD, NFKC or NFKD.</summary>
internal sealed class UnicodeNormalizer(NormalizationForm form) : Normalizer
{
    public override string Normalize(string text) => UnicodeNormalization.Normalize(text, form);
}

/// <summary>Lower case by Unicode's full mapping of single code points (only İ becomes two).</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    public override string Normalize(string text) =>
        text.ToLowerInvariant().Replace("İ", "i\u0307", StringComparison.Ordinal);
}

/// <summary>Puts a string before any text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override string Normalize(string text) => text.Length == 0 ? text : prefix + text;
}

/// <summary>Replaces a string.</summary>
internal sealed class ReplaceNormalizer(string value, string content) : Normalizer
{
    public override string Normalize(string text) => text.Replace(value, content, StringComparison.Ordinal);
}

/// <summary>Replaces each match of a regular expression by a fixed string.</summary>
internal sealed class RegexReplaceNormalizer(CodePointRegex regex, string content) : Normalizer
{
    public override string Normalize(string text)
    {
        var matches = new List<Match>();
        regex.Find(text, new MatchList(matches, text.Length));
        MatchList.Complete(matches, text.Length);
        var result = new StringBuilder(text.Length);
        foreach (var match in matches)
        {
            result.Append(match.IsDelimiter ? content : text.AsSpan(match.Start, match.End - match.Start));
        }

        return result.ToString();
    }
}

/// <summary>Removes white space at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override string Normalize(string text)
    {
        text = left ? text.TrimStart() : text;
        return right ? text.TrimEnd() : text;
    }
}
