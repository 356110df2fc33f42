namespace Foxtrot.Inference.Models;

/// <summary>What a folder says about a model's architecture: <c>config.json</c> of Hugging Face, or <c>genai_config.json</c> where that is all there is.</summary>
/// <remarks>Immutable. Where the ONNX graph states the same fact, the graph wins: it is what runs.</remarks>
public sealed record ModelConfig
{
    /// <summary><c>model_type</c>, such as "llama".</summary>
    public required string ModelType { get; init; }

    /// <summary><c>vocab_size</c>: number of token ids, at least 1. The graph's logits may be wider (padded), never narrower.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Longest sequence in tokens: <c>max_position_embeddings</c>, or genai's <c>context_length</c> where that is smaller.</summary>
    public required int ContextLength { get; init; }

    /// <summary><c>num_hidden_layers</c>.</summary>
    public int? Layers { get; init; }

    /// <summary><c>hidden_size</c>: width of the residual stream.</summary>
    public int? HiddenSize { get; init; }

    /// <summary><c>num_attention_heads</c>: query heads per layer.</summary>
    public int? Heads { get; init; }

    /// <summary><c>num_key_value_heads</c>; absent means as many as <see cref="Heads"/>.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary><c>head_dim</c>; absent means <see cref="HiddenSize"/> / <see cref="Heads"/>.</summary>
    public int? HeadSize { get; init; }

    /// <summary><c>sliding_window</c> in tokens, where the model attends to no more than that; null is the whole context.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary><c>eos_token_id</c>: tokens that end a text. <see cref="GenerationDefaults.EosTokens"/> is the list to use.</summary>
    public IReadOnlyList<int> EosTokens { get; init; } = [];

    /// <summary><c>bos_token_id</c>: the token that starts a text.</summary>
    public int? BosToken { get; init; }

    /// <summary><c>pad_token_id</c>.</summary>
    public int? PadToken { get; init; }

    internal static ModelConfig Read(string folder, GenaiConfig? genai)
    {
        if (JsonFields.Read(folder, "config.json") is not { } root)
        {
            return genai?.Config ?? throw new ModelException($"{folder}: there is neither config.json nor genai_config.json.");
        }

        if (root.Boolean("is_encoder_decoder") is true)
        {
            throw new ModelException($"{Path.Combine(folder, "config.json")}: is_encoder_decoder is true; only decoder-only models can generate here.");
        }

        // Models of several modalities keep the language model's numbers one level down.
        var text = root.TryGet("vocab_size", out _) ? root : root.Object("text_config") ?? root;
        var heads = text.Integer(1, "num_attention_heads", "n_head", "num_heads", "n_heads");
        var hidden = text.Integer(1, "hidden_size", "n_embd", "d_model", "dim");
        var context = text.RequiredInteger(1, "max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length", "max_sequence_length");
        return new ModelConfig
        {
            ModelType = root.String("model_type") ?? throw new ModelException($"{Path.Combine(folder, "config.json")}: model_type is missing."),
            VocabularySize = text.RequiredInteger(1, "vocab_size"),
            ContextLength = Math.Min(context, genai?.Config.ContextLength ?? int.MaxValue),
            Layers = text.Integer(1, "num_hidden_layers", "n_layer", "num_layers", "n_layers"),
            HiddenSize = hidden,
            Heads = heads,
            KeyValueHeads = text.Integer(1, "num_key_value_heads", "num_kv_heads", "n_kv_heads") ?? heads,
            HeadSize = text.Integer(1, "head_dim") ?? (hidden / heads),
            SlidingWindow = text.Boolean("use_sliding_window") is false ? null : text.Integer(1, "sliding_window"),
            EosTokens = (text.Tokens("eos_token_id") ?? root.Tokens("eos_token_id")) ?? [],
            BosToken = text.Integer(0, "bos_token_id") ?? root.Integer(0, "bos_token_id"),
            PadToken = Pad(text) ?? Pad(root),
        };
    }

    // Some configurations say -1 for "none".
    private static int? Pad(JsonFields fields) => fields.Integer(int.MinValue, "pad_token_id") is int pad and >= 0 ? pad : null;
}
