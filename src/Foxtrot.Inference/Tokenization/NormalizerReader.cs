using System.Text;

namespace Foxtrot.Inference.Tokenization;

/// <summary>Reads <c>normalizer</c> of tokenizer.json.</summary>
internal static class NormalizerReader
{
    /// <summary>Reads a normalizer; null for none.</summary>
    public static Normalizer? Read(JsonPart part)
    {
        if (part.IsNull)
        {
            return null;
        }

        switch (part.Type)
        {
            case "Sequence":
                return new SequenceNormalizer([.. part.Only("type", "normalizers")["normalizers"].Items().Select(Read).OfType<Normalizer>()]);
            case "NFC":
                return Unicode(NormalizationForm.FormC);
            case "NFD":
                return Unicode(NormalizationForm.FormD);
            case "NFKC":
                return Unicode(NormalizationForm.FormKC);
            case "NFKD":
                return Unicode(NormalizationForm.FormKD);
            case "Lowercase":
                part.Only("type");
                return new LowercaseNormalizer();
            case "Prepend":
                return new PrependNormalizer(part.Only("type", "prepend").Text("prepend"));
            case "Strip":
                part.Only("type", "strip_left", "strip_right");
                return new StripNormalizer(part.Flag("strip_left", true), part.Flag("strip_right", true));
            case "Replace":
                part.Only("type", "pattern", "content");
                var (value, regex) = ReadPattern(part["pattern"]);
                return regex is null ? new ReplaceNormalizer(value!, part.Text("content")) : new RegexReplaceNormalizer(regex, part.Text("content"));
            default:
                throw part.Unsupported("normalizer");
        }

        UnicodeNormalizer Unicode(NormalizationForm form)
        {
            part.Only("type");
            return new UnicodeNormalizer(form);
        }
    }

    /// <summary>A pattern: a string that is not empty, or a regular expression.</summary>
    public static (string? Value, CodePointRegex? Regex) ReadPattern(JsonPart pattern)
    {
        pattern.Only("String", "Regex");
        if (pattern["Regex"].IsNull)
        {
            var value = pattern.Text("String");
            return value.Length > 0 ? (value, null) : throw pattern.Error("must not be empty");
        }

        try
        {
            return (null, new CodePointRegex(pattern.Text("Regex")));
        }
        catch (FormatException e)
        {
            throw pattern["Regex"].Error($"is not supported: {e.Message}");
        }
    }
}
