namespace Foxtrot.Inference.Tokenization;

/// <summary>Reads <c>decoder</c> of tokenizer.json into <see cref="DecoderRules"/>.</summary>
internal static class DecoderReader
{
    /// <summary>Reads a decoder.</summary>
    /// <exception cref="TokenizerException">A decoder, or an order of decoders, that has no exact streaming form here.</exception>
    public static DecoderRules Read(JsonPart part)
    {
        if (part.IsNull)
        {
            return new DecoderRules { SpaceBetween = true };
        }

        var rules = new DecoderRules();
        var fused = false;
        foreach (var step in Flatten(part))
        {
            var bytes = rules.ByteLevel || rules.ByteFallback;
            switch (step.Type)
            {
                case "ByteLevel" when !bytes && !fused:
                    step.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                    rules = rules with { ByteLevel = true };
                    fused = true;
                    break;
                case "ByteFallback" when !bytes && !fused:
                    step.Only("type");
                    rules = rules with { ByteFallback = true };
                    break;
                case "Fuse":
                    step.Only("type");
                    fused = true;
                    break;
                case "Replace" when !bytes && !fused:
                    step.Only("type", "pattern", "content");
                    var (value, regex) = NormalizerReader.ReadPattern(step["pattern"]);
                    rules = regex is null
                        ? rules with { Replacements = [.. rules.Replacements, (value!, step.Text("content"))] }
                        : throw step["pattern"].Error("as a regular expression is not supported in a decoder");
                    break;
                case "Metaspace" when !bytes && !fused && rules.Replacements.Count == 0:
                    step.Only("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
                    var sign = step.Character("replacement", '▁');
                    rules = rules with
                    {
                        Replacements = [(sign.ToString(), " ")],
                        DroppedInFirst = PreTokenizerReader.ReadScheme(step) == PrependScheme.Never ? '\0' : sign,
                    };
                    break;
                case "Strip" when fused && rules.StripCount == 0:
                    step.Only("type", "content", "start", "stop");
                    rules = step["stop"].Number() == 0
                        ? rules with { StrippedAtStart = step.Character("content", ' '), StripCount = step["start"].Number() }
                        : throw step["stop"].Error("above 0 is not supported: text could not be streamed");
                    break;
                case "ByteLevel" or "ByteFallback" or "Replace" or "Metaspace" or "Strip":
                    throw step.Error($"of type '{step.Type}' is not supported at this place among the decoders");
                default:
                    throw step.Unsupported("decoder");
            }
        }

        return rules;
    }

    private static IEnumerable<JsonPart> Flatten(JsonPart part) =>
        part.Type == "Sequence" ? part.Only("type", "decoders")["decoders"].Items().SelectMany(Flatten) : [part];
}
