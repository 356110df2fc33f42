using System.Diagnostics.CodeAnalysis;
using static Foxtrot.Sampling.SamplerStage;

namespace Foxtrot.Sampling;

/// <summary>Names of stages, and the orders that other software has.</summary>
/// <remarks>
/// A stage that an order does not list does not run, whatever its parameter says. Every preset begins with the hard
/// constraints (allowed tokens, bad words, minimum length, logit bias). Thread-safe.
/// </remarks>
public static class SamplerOrder
{
    private static readonly string[] Names =
    [
        "allowed_token_ids", "bad_words", "min_tokens", "logit_bias", "repetition_penalty", "frequency_presence_penalty",
        "no_repeat_ngram", "dry", "temperature", "top_n_sigma", "top_k", "typical_p", "top_p", "min_p", "epsilon_cutoff",
        "eta_cutoff", "xtc", "mirostat",
    ];

    /// <summary>All stages, in the order of <see cref="SamplerStage"/>.</summary>
    public static IReadOnlyList<SamplerStage> Default { get; } = Enum.GetValues<SamplerStage>().AsReadOnly();

    /// <summary>Hugging Face transformers: temperature, top-k, top-p, min-p, typical, epsilon, eta.</summary>
    public static IReadOnlyList<SamplerStage> Transformers { get; } = Array.AsReadOnly(
        [AllowedTokenIds, BadWords, MinTokens, LogitBias, Temperature, TopK, TopP, MinP, TypicalP, EpsilonCutoff, EtaCutoff]);

    /// <summary>vLLM: penalties, temperature, min-p, top-k, top-p.</summary>
    public static IReadOnlyList<SamplerStage> Vllm { get; } = Array.AsReadOnly(
        [AllowedTokenIds, BadWords, MinTokens, LogitBias, RepetitionPenalty, FrequencyPresencePenalty, Temperature, MinP, TopK, TopP]);

    /// <summary>llama.cpp: penalties, DRY, top-n-sigma, top-k, typical, top-p, min-p, XTC, temperature; Mirostat 2 after the temperature when it is on.</summary>
    public static IReadOnlyList<SamplerStage> LlamaCpp { get; } = Array.AsReadOnly(
        [
            AllowedTokenIds, BadWords, MinTokens, LogitBias, RepetitionPenalty, FrequencyPresencePenalty, Dry,
            TopNSigma, TopK, TypicalP, TopP, MinP, Xtc, Temperature, Mirostat,
        ]);

    /// <summary>The snake_case name of a stage, as <c>sampler_order</c> has it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The stage is none of the enumeration's.</exception>
    public static string NameOf(SamplerStage stage)
    {
        ArgumentOutOfRangeException.ThrowIfNegative((int)stage);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((int)stage, Names.Length);
        return Names[(int)stage];
    }

    /// <summary>The stage of a name; false if there is none.</summary>
    public static bool TryParse(string? name, out SamplerStage stage)
    {
        int index = Array.IndexOf(Names, name);
        stage = (SamplerStage)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>The order of a preset: <c>default</c>, <c>transformers</c>, <c>vllm</c>, <c>llama.cpp</c>; false if there is none.</summary>
    public static bool TryGetPreset(string? name, [NotNullWhen(true)] out IReadOnlyList<SamplerStage>? order)
    {
        order = name switch
        {
            "default" => Default,
            "transformers" => Transformers,
            "vllm" => Vllm,
            "llama.cpp" => LlamaCpp,
            _ => null,
        };
        return order is not null;
    }
}
