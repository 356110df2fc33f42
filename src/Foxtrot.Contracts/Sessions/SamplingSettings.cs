namespace Foxtrot.Contracts.Sessions;

/// <summary>
/// Sampling parameters as the API names them. Null leaves a parameter to the model's own defaults; the settings that a session
/// stores and shows have a value for each.
/// </summary>
/// <remarks>Ranges: see the API. Fields are only ever added; they are stored.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.sampling")]
public sealed record SamplingSettings
{
    /// <summary>Everything left to the model's defaults.</summary>
    public static SamplingSettings Default { get; } = new();

    /// <summary><c>temperature</c>.</summary>
    [Id(0)]
    public double? Temperature { get; init; }

    /// <summary><c>top_k</c>.</summary>
    [Id(1)]
    public int? TopK { get; init; }

    /// <summary><c>top_p</c>.</summary>
    [Id(2)]
    public double? TopP { get; init; }

    /// <summary><c>min_p</c>.</summary>
    [Id(3)]
    public double? MinP { get; init; }

    /// <summary><c>typical_p</c>.</summary>
    [Id(4)]
    public double? TypicalP { get; init; }

    /// <summary><c>top_n_sigma</c>.</summary>
    [Id(5)]
    public double? TopNSigma { get; init; }

    /// <summary><c>epsilon_cutoff</c>.</summary>
    [Id(6)]
    public double? EpsilonCutoff { get; init; }

    /// <summary><c>eta_cutoff</c>.</summary>
    [Id(7)]
    public double? EtaCutoff { get; init; }

    /// <summary><c>xtc_probability</c>.</summary>
    [Id(8)]
    public double? XtcProbability { get; init; }

    /// <summary><c>xtc_threshold</c>.</summary>
    [Id(9)]
    public double? XtcThreshold { get; init; }

    /// <summary><c>dynatemp_range</c>.</summary>
    [Id(10)]
    public double? DynatempRange { get; init; }

    /// <summary><c>dynatemp_exponent</c>.</summary>
    [Id(11)]
    public double? DynatempExponent { get; init; }

    /// <summary><c>mirostat</c>.</summary>
    [Id(12)]
    public int? Mirostat { get; init; }

    /// <summary><c>mirostat_tau</c>.</summary>
    [Id(13)]
    public double? MirostatTau { get; init; }

    /// <summary><c>mirostat_eta</c>.</summary>
    [Id(14)]
    public double? MirostatEta { get; init; }

    /// <summary><c>repetition_penalty</c>.</summary>
    [Id(15)]
    public double? RepetitionPenalty { get; init; }

    /// <summary><c>frequency_penalty</c>.</summary>
    [Id(16)]
    public double? FrequencyPenalty { get; init; }

    /// <summary><c>presence_penalty</c>.</summary>
    [Id(17)]
    public double? PresencePenalty { get; init; }

    /// <summary><c>no_repeat_ngram_size</c>.</summary>
    [Id(18)]
    public int? NoRepeatNgramSize { get; init; }

    /// <summary><c>dry_multiplier</c>.</summary>
    [Id(19)]
    public double? DryMultiplier { get; init; }

    /// <summary><c>dry_base</c>.</summary>
    [Id(20)]
    public double? DryBase { get; init; }

    /// <summary><c>dry_allowed_length</c>.</summary>
    [Id(21)]
    public int? DryAllowedLength { get; init; }

    /// <summary><c>dry_penalty_last_n</c>.</summary>
    [Id(22)]
    public int? DryPenaltyLastN { get; init; }

    /// <summary><c>dry_sequence_breakers</c>, as texts.</summary>
    [Id(23)]
    public string[]? DrySequenceBreakers { get; init; }

    /// <summary><c>min_tokens</c>.</summary>
    [Id(24)]
    public int? MinTokens { get; init; }

    /// <summary><c>logit_bias</c> by token id.</summary>
    [Id(25)]
    public Dictionary<int, float>? LogitBias { get; init; }

    /// <summary><c>allowed_token_ids</c>; null allows all.</summary>
    [Id(26)]
    public int[]? AllowedTokenIds { get; init; }

    /// <summary><c>bad_words</c>, as texts.</summary>
    [Id(27)]
    public string[]? BadWords { get; init; }

    /// <summary><c>draw</c>: <c>inverse_cdf</c> or <c>gumbel</c>.</summary>
    [Id(28)]
    public string? Draw { get; init; }

    /// <summary><c>sampler_order</c>: names of stages, or one name of a preset.</summary>
    [Id(29)]
    public string[]? SamplerOrder { get; init; }

    /// <summary>These settings where they say something, the others' elsewhere.</summary>
    public SamplingSettings Over(SamplingSettings others) => new()
    {
        Temperature = Temperature ?? others.Temperature,
        TopK = TopK ?? others.TopK,
        TopP = TopP ?? others.TopP,
        MinP = MinP ?? others.MinP,
        TypicalP = TypicalP ?? others.TypicalP,
        TopNSigma = TopNSigma ?? others.TopNSigma,
        EpsilonCutoff = EpsilonCutoff ?? others.EpsilonCutoff,
        EtaCutoff = EtaCutoff ?? others.EtaCutoff,
        XtcProbability = XtcProbability ?? others.XtcProbability,
        XtcThreshold = XtcThreshold ?? others.XtcThreshold,
        DynatempRange = DynatempRange ?? others.DynatempRange,
        DynatempExponent = DynatempExponent ?? others.DynatempExponent,
        Mirostat = Mirostat ?? others.Mirostat,
        MirostatTau = MirostatTau ?? others.MirostatTau,
        MirostatEta = MirostatEta ?? others.MirostatEta,
        RepetitionPenalty = RepetitionPenalty ?? others.RepetitionPenalty,
        FrequencyPenalty = FrequencyPenalty ?? others.FrequencyPenalty,
        PresencePenalty = PresencePenalty ?? others.PresencePenalty,
        NoRepeatNgramSize = NoRepeatNgramSize ?? others.NoRepeatNgramSize,
        DryMultiplier = DryMultiplier ?? others.DryMultiplier,
        DryBase = DryBase ?? others.DryBase,
        DryAllowedLength = DryAllowedLength ?? others.DryAllowedLength,
        DryPenaltyLastN = DryPenaltyLastN ?? others.DryPenaltyLastN,
        DrySequenceBreakers = DrySequenceBreakers ?? others.DrySequenceBreakers,
        MinTokens = MinTokens ?? others.MinTokens,
        LogitBias = LogitBias ?? others.LogitBias,
        AllowedTokenIds = AllowedTokenIds ?? others.AllowedTokenIds,
        BadWords = BadWords ?? others.BadWords,
        Draw = Draw ?? others.Draw,
        SamplerOrder = SamplerOrder ?? others.SamplerOrder,
    };
}
