namespace Foxtrot.Inference.Tokenization;

/// <summary>Reads <c>post_processor</c> of tokenizer.json, as far as it concerns one text.</summary>
internal static class PostProcessorReader
{
    /// <summary>Reads a post-processor.</summary>
    public static PostProcessor Read(JsonPart part)
    {
        if (part.IsNull)
        {
            return PostProcessor.None;
        }

        switch (part.Type)
        {
            case "ByteLevel":
                // It trims offsets, which are not computed here.
                part.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                return PostProcessor.None;
            case "Sequence":
                return part.Only("type", "processors")["processors"].Items().Aggregate(PostProcessor.None, static (inner, step) =>
                {
                    var outer = Read(step);
                    return new PostProcessor([.. outer.Prefix, .. inner.Prefix], [.. inner.Suffix, .. outer.Suffix]);
                });
            case "TemplateProcessing":
                return ReadTemplate(part.Only("type", "single", "pair", "special_tokens"));
            case "BertProcessing" or "RobertaProcessing":
                part.Only("type", "sep", "cls", "trim_offsets", "add_prefix_space");
                return new PostProcessor([NamedId(part["cls"])], [NamedId(part["sep"])]);
            default:
                throw part.Unsupported("post_processor");
        }
    }

    private static PostProcessor ReadTemplate(JsonPart part)
    {
        var single = part["single"];
        var prefix = new List<int>();
        var suffix = new List<int>();
        var texts = 0;
        foreach (var piece in single.Items())
        {
            piece.Only("SpecialToken", "Sequence");
            if (piece["SpecialToken"].IsNull)
            {
                texts += piece["Sequence"].Only("id", "type_id").Text("id") == "A" ? 1 : throw piece.Error("names a second text");
                continue;
            }

            var name = piece["SpecialToken"].Only("id", "type_id").Text("id");
            var ids = part["special_tokens"][name]["ids"].Items().Select(id => id.Number());
            (texts == 0 ? prefix : suffix).AddRange(ids);
        }

        return texts == 1 ? new PostProcessor([.. prefix], [.. suffix]) : throw single.Error($"must have the text once, but has it {texts} times");
    }

    private static int NamedId(JsonPart pair) =>
        pair.Items() is [_, var id] ? id.Number() : throw pair.Error("must be a token and its id");
}
