namespace Foxtrot.Inference.Models;

/// <summary>What the model's authors recommend for generation: <c>generation_config.json</c>, or genai's <c>search</c> section where that file is absent.</summary>
/// <remarks>Immutable. Null means that the folder says nothing. Values are as written; ranges are the sampler's to check.</remarks>
public sealed record GenerationDefaults
{
    /// <summary>Tokens that end a text: generation_config.json, else genai_config.json, else config.json; may be empty.</summary>
    public IReadOnlyList<int> EosTokens { get; init; } = [];

    /// <summary>The token that starts a text, from the same files in the same order.</summary>
    public int? BosToken { get; init; }

    /// <summary>The token that fills up, from the same files in the same order.</summary>
    public int? PadToken { get; init; }

    /// <summary><c>do_sample</c>: false asks for greedy decoding.</summary>
    public bool? DoSample { get; init; }

    /// <summary><c>temperature</c>.</summary>
    public double? Temperature { get; init; }

    /// <summary><c>top_k</c>.</summary>
    public int? TopK { get; init; }

    /// <summary><c>top_p</c>.</summary>
    public double? TopP { get; init; }

    /// <summary><c>min_p</c>.</summary>
    public double? MinP { get; init; }

    /// <summary><c>typical_p</c>.</summary>
    public double? TypicalP { get; init; }

    /// <summary><c>epsilon_cutoff</c>.</summary>
    public double? EpsilonCutoff { get; init; }

    /// <summary><c>eta_cutoff</c>.</summary>
    public double? EtaCutoff { get; init; }

    /// <summary><c>repetition_penalty</c>.</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary><c>no_repeat_ngram_size</c>.</summary>
    public int? NoRepeatNgramSize { get; init; }

    /// <summary><c>max_length</c>: prompt and output together, in tokens.</summary>
    public int? MaxLength { get; init; }

    /// <summary><c>max_new_tokens</c>: output alone, in tokens.</summary>
    public int? MaxNewTokens { get; init; }

    internal static GenerationDefaults Read(string folder, ModelConfig config, GenaiConfig? genai)
    {
        var own = JsonFields.Read(folder, "generation_config.json");
        var defaults = own is null ? genai?.Search ?? new GenerationDefaults() : From(own);
        return defaults with
        {
            EosTokens = First(defaults.EosTokens, genai?.Config.EosTokens, config.EosTokens),
            BosToken = defaults.BosToken ?? genai?.Config.BosToken ?? config.BosToken,
            PadToken = defaults.PadToken ?? genai?.Config.PadToken ?? config.PadToken,
        };
    }

    internal static GenerationDefaults From(JsonFields? fields) => fields is not { } json ? new() : new()
    {
        EosTokens = json.Tokens("eos_token_id") ?? [],
        BosToken = json.Integer(0, "bos_token_id"),
        PadToken = json.Integer(int.MinValue, "pad_token_id") is int pad and >= 0 ? pad : null,
        DoSample = json.Boolean("do_sample"),
        Temperature = json.Number("temperature"),
        TopK = json.Integer(int.MinValue, "top_k"),
        TopP = json.Number("top_p"),
        MinP = json.Number("min_p"),
        TypicalP = json.Number("typical_p"),
        EpsilonCutoff = json.Number("epsilon_cutoff"),
        EtaCutoff = json.Number("eta_cutoff"),
        RepetitionPenalty = json.Number("repetition_penalty"),
        NoRepeatNgramSize = json.Integer(0, "no_repeat_ngram_size"),
        MaxLength = json.Integer(0, "max_length"),
        MaxNewTokens = json.Integer(0, "max_new_tokens"),
    };

    private static IReadOnlyList<int> First(params ReadOnlySpan<IReadOnlyList<int>?> lists)
    {
        foreach (var list in lists)
        {
            if (list is { Count: > 0 })
            {
                return list;
            }
        }

        return [];
    }
}
