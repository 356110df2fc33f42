using System.Text.Json;

namespace Foxtrot.Inference.Tokenization;

/// <summary>Reads Hugging Face's tokenizer.json.</summary>
/// <remarks>Format: the serialisation of Hugging Face tokenizers 0.22. What cannot be done exactly is refused by name.</remarks>
internal static class TokenizerJson
{
    private const int MostTokens = 1 << 24;

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">A tokenizer.json.</param>
    /// <param name="config">What tokenizer_config.json says.</param>
    /// <exception cref="TokenizerException">The file is broken or has something that is not supported.</exception>
    public static ITokenizer Load(string path, TokenizerConfig config) => JsonPart.ReadFile(path, root => Read(root, config));

    private static BpeTextTokenizer Read(JsonPart root, TokenizerConfig config)
    {
        // Truncation and padding describe training batches; one text is encoded whole.
        root.Only("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        var (vocabulary, model) = ReadModel(root["model"]);
        var added = ReadAddedTokens(root["added_tokens"], vocabulary, config);
        var postProcessor = PostProcessorReader.Read(root["post_processor"]);
        var decoder = DecoderReader.Read(root["decoder"]);
        foreach (var id in postProcessor.Prefix.Concat(postProcessor.Suffix))
        {
            if (!vocabulary.Ids.ContainsValue(id) && !added.Exists(token => token.Id == id))
            {
                throw root["post_processor"].Error($"adds the token {id}, which does not exist");
            }
        }

        return new BpeTextTokenizer(new TokenizerParts(
            decoder.ByteLevel ? "byte-level BPE" : vocabulary.ByteFallback ? "BPE with byte fallback" : "BPE",
            vocabulary,
            model,
            added,
            NormalizerReader.Read(root["normalizer"]),
            PreTokenizerReader.Read(root["pre_tokenizer"]),
            config.Apply(postProcessor, Find),
            decoder,
            Find(config.BosToken) ?? (config.BosToken is null && postProcessor.Prefix is [var first, ..] ? first : null),
            Find(config.EosToken)));

        int? Find(string? token) => token is null ? null
            : added.FirstOrDefault(candidate => candidate.Content == token) is { } found ? found.Id
            : vocabulary.Ids.TryGetValue(token, out var id) ? id : null;
    }

    private static (BpeVocabulary Vocabulary, BpeModel Model) ReadModel(JsonPart model)
    {
        model.Expect(JsonValueKind.Object);
        // Files from before 2020 have no type; only BPE has merges.
        if (model["type"].IsNull ? model["merges"].IsNull : model.Type != "BPE")
        {
            throw model["type"].IsNull ? model.Error("without a type is not supported") : new TokenizerException($"tokenizer.json: model type '{model.Type}' is not supported");
        }

        model.Only("type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        if (!model["dropout"].IsNull && !(model["dropout"].Element.ValueKind == JsonValueKind.Number && model["dropout"].Element.GetDouble() == 0))
        {
            throw model["dropout"].Error("above 0 makes tokens random and is not supported");
        }

        foreach (var affix in (ReadOnlySpan<string>)["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (!model[affix].IsNull && model.Text(affix).Length > 0)
            {
                throw model[affix].Error($"'{model.Text(affix)}' is not supported");
            }
        }

        try
        {
            var vocabulary = BpeVocabulary.FromMerges(
                ReadVocabulary(model["vocab"]),
                ReadMerges(model["merges"]),
                model["unk_token"].IsNull ? null : model.Text("unk_token"),
                model.Flag("byte_fallback", false));
            return (vocabulary, new BpeModel(vocabulary, model.Flag("fuse_unk", false), model.Flag("ignore_merges", false)));
        }
        catch (FormatException e)
        {
            throw new TokenizerException($"tokenizer.json: model.{e.Message}", e);
        }
    }

    private static Dictionary<string, int> ReadVocabulary(JsonPart vocab)
    {
        vocab.Expect(JsonValueKind.Object);
        var ids = new Dictionary<string, int>(vocab.Element.GetPropertyCount(), StringComparer.Ordinal);
        foreach (var entry in vocab.Element.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id) || id is < 0 or >= MostTokens)
            {
                throw vocab.Error($"gives '{entry.Name}' the id {entry.Value.GetRawText()}; ids are whole numbers from 0 to {MostTokens - 1}");
            }

            ids[entry.Name] = id;
        }

        return ids;
    }

    private static List<(string Left, string Right)> ReadMerges(JsonPart merges)
    {
        merges.Expect(JsonValueKind.Array);
        var pairs = new List<(string Left, string Right)>(merges.Element.GetArrayLength());
        foreach (var merge in merges.Element.EnumerateArray())
        {
            if (merge.ValueKind == JsonValueKind.String)
            {
                var text = merge.GetString()!;
                var space = text.IndexOf(' ', StringComparison.Ordinal);
                if (space >= 0 && space == text.LastIndexOf(' '))
                {
                    pairs.Add((text[..space], text[(space + 1)..]));
                    continue;
                }
            }
            else if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2
                && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String)
            {
                pairs.Add((merge[0].GetString()!, merge[1].GetString()!));
                continue;
            }

            throw merges.Error($"[{pairs.Count}] must be \"left right\" or [\"left\", \"right\"], but is {merge.GetRawText()}");
        }

        return pairs;
    }

    private static List<AddedToken> ReadAddedTokens(JsonPart tokens, BpeVocabulary vocabulary, TokenizerConfig config)
    {
        var added = new List<AddedToken>();
        foreach (var token in tokens.IsNull ? [] : tokens.Items())
        {
            token.Only("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            var read = TokenizerConfig.ReadAddedToken(token["id"].Number(MostTokens - 1), token);
            if (read.Content.Length > 0)
            {
                added.Add(read);
            }
        }

        var names = added.Select(token => token.Content).ToHashSet(StringComparer.Ordinal);
        added.AddRange(config.AddedTokens.Where(token => names.Add(token.Content)));
        CheckIds(added, vocabulary, tokens);
        return added;
    }

    /// <summary>Hugging Face gives added tokens ids by a rule and only warns where the file says otherwise; such a file has no one meaning.</summary>
    private static void CheckIds(List<AddedToken> added, BpeVocabulary vocabulary, JsonPart tokens)
    {
        var next = vocabulary.Ids.Count;
        foreach (var token in added)
        {
            var inVocabulary = vocabulary.Ids.TryGetValue(token.Content, out var known);
            var expected = inVocabulary ? known : next;
            if (token.Id != expected)
            {
                throw tokens.Error($"gives '{token.Content}' the id {token.Id}, but {(inVocabulary ? "model.vocab gives it" : "the next free id is")} {expected}");
            }

            next = Math.Max(next, token.Id + 1);
        }
    }
}
