using System.Globalization;
using System.Text;

namespace Foxtrot.Inference.Tokenization;

/// <summary>Reads <c>pre_tokenizer</c> of tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    /// <summary>Reads a pre-tokenizer; null for none.</summary>
    public static PreTokenizer? Read(JsonPart part)
    {
        if (part.IsNull)
        {
            return null;
        }

        switch (part.Type)
        {
            case "Sequence":
                return new SequencePreTokenizer([.. part.Only("type", "pretokenizers")["pretokenizers"].Items().Select(Read).OfType<PreTokenizer>()]);
            case "ByteLevel":
                // trim_offsets concerns offsets only.
                part.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelPreTokenizer(part.Flag("add_prefix_space", true), part.Flag("use_regex", true));
            case "Metaspace":
                return ReadMetaspace(part);
            case "Split":
                part.Only("type", "pattern", "behavior", "invert");
                var (value, regex) = NormalizerReader.ReadPattern(part["pattern"]);
                IDelimiter delimiter = regex is null ? new StringDelimiter(value!) : new RegexDelimiter(regex);
                return new SplitPreTokenizer(delimiter, ReadBehavior(part["behavior"]), part.Flag("invert", false));
            case "Digits":
                part.Only("type", "individual_digits");
                return new SplitPreTokenizer(
                    new RuneDelimiter(static rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber),
                    part.Flag("individual_digits", false) ? DelimiterBehavior.Isolated : DelimiterBehavior.Contiguous);
            case "Punctuation":
                part.Only("type", "behavior");
                return new SplitPreTokenizer(
                    new RuneDelimiter(static rune => Rune.IsPunctuation(rune) || (rune.IsAscii && Rune.IsSymbol(rune))),
                    part["behavior"].IsNull ? DelimiterBehavior.Isolated : ReadBehavior(part["behavior"]));
            case "Whitespace":
                part.Only("type");
                return new SplitPreTokenizer(new RegexDelimiter(new CodePointRegex(@"\w+|[^\w\s]+")), DelimiterBehavior.Removed, invert: true);
            case "WhitespaceSplit":
                part.Only("type");
                return new SplitPreTokenizer(new RuneDelimiter(Rune.IsWhiteSpace), DelimiterBehavior.Removed);
            case "CharDelimiterSplit":
                var sign = part.Only("type", "delimiter").Text("delimiter");
                return sign.Length > 0 ? new SplitPreTokenizer(new StringDelimiter(sign), DelimiterBehavior.Removed) : throw part["delimiter"].Error("must not be empty");
            default:
                throw part.Unsupported("pre_tokenizer");
        }
    }

    /// <summary>When a Metaspace component prepends; the older form says <c>add_prefix_space</c>.</summary>
    public static PrependScheme ReadScheme(JsonPart part)
    {
        var scheme = part["prepend_scheme"];
        if (scheme.IsNull)
        {
            return part.Flag("add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never;
        }

        var read = scheme.Text() switch
        {
            "first" => PrependScheme.First,
            "always" => PrependScheme.Always,
            "never" => PrependScheme.Never,
            var other => throw scheme.Error($"'{other}' is not supported; it is first, always or never"),
        };
        return part.Flag("add_prefix_space", true) || read == PrependScheme.Never
            ? read
            : throw scheme.Error("contradicts add_prefix_space false");
    }

    private static MetaspacePreTokenizer ReadMetaspace(JsonPart part)
    {
        part.Only("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
        return new MetaspacePreTokenizer(part.Character("replacement", '▁'), ReadScheme(part), part.Flag("split", true));
    }

    private static DelimiterBehavior ReadBehavior(JsonPart part) => part.Text() switch
    {
        "Removed" => DelimiterBehavior.Removed,
        "Isolated" => DelimiterBehavior.Isolated,
        "MergedWithPrevious" => DelimiterBehavior.MergedWithPrevious,
        "MergedWithNext" => DelimiterBehavior.MergedWithNext,
        "Contiguous" => DelimiterBehavior.Contiguous,
        var other => throw part.Error($"'{other}' is not supported"),
    };
}
