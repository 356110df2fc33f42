namespace Foxtrot.Inference.Models;

/// <summary><c>genai_config.json</c>, which the onnxruntime-genai model builder writes beside its models.</summary>
/// <remarks>Format: https://onnxruntime.ai/docs/genai/reference/config.html.</remarks>
internal sealed record GenaiConfig
{
    public required ModelConfig Config { get; init; }

    /// <summary>The decoder's file, relative to the folder.</summary>
    public string? DecoderFile { get; init; }

    /// <summary>The <c>search</c> section, which repeats what generation_config.json said.</summary>
    public required GenerationDefaults Search { get; init; }

    /// <summary>Role ("input_ids", "past_key_names" …) to tensor name, a "%d" standing for the layer.</summary>
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();

    public static GenaiConfig? Read(string folder)
    {
        if (JsonFields.Read(folder, "genai_config.json") is not { } root)
        {
            return null;
        }

        var path = Path.Combine(folder, "genai_config.json");
        var model = root.Object("model") ?? throw new ModelException($"{path}: model is missing.");
        if (model.Object("encoder") is not null)
        {
            throw new ModelException($"{path}: model.encoder describes an encoder; only decoder-only models can generate here.");
        }

        var decoder = model.Object("decoder") ?? throw new ModelException($"{path}: model.decoder is missing.");
        var heads = decoder.Integer(1, "num_attention_heads");
        var hidden = decoder.Integer(1, "hidden_size");
        var config = new ModelConfig
        {
            ModelType = model.String("type") ?? throw new ModelException($"{path}: model.type is missing."),
            VocabularySize = model.RequiredInteger(1, "vocab_size"),
            ContextLength = model.RequiredInteger(1, "context_length"),
            Layers = decoder.Integer(1, "num_hidden_layers"),
            HiddenSize = hidden,
            Heads = heads,
            KeyValueHeads = decoder.Integer(1, "num_key_value_heads") ?? heads,
            HeadSize = decoder.Integer(1, "head_size") ?? (hidden / heads),
            EosTokens = model.Tokens("eos_token_id") ?? [],
            BosToken = model.Integer(0, "bos_token_id"),
            PadToken = model.Integer(0, "pad_token_id"),
        };
        return new GenaiConfig
        {
            Config = config,
            DecoderFile = decoder.String("filename"),
            Search = GenerationDefaults.From(root.Object("search")),
            Names = NamesOf(decoder),
        };
    }

    private static Dictionary<string, string> NamesOf(JsonFields decoder)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (section, roles) in new[]
        {
            ("inputs", new[] { "input_ids", "attention_mask", "position_ids", "past_key_names", "past_value_names" }),
            ("outputs", ["logits", "present_key_names", "present_value_names"]),
        })
        {
            foreach (var role in roles)
            {
                if (decoder.Object(section)?.String(role) is { } name)
                {
                    names[role] = name;
                }
            }
        }

        return names;
    }
}
