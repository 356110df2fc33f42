namespace Foxtrot.Sampling;

/// <summary>What a request says about sampling: one value per stage, each off by default.</summary>
/// <remarks>Immutable and thread-safe. Ranges are checked by <c>Validate</c>, which reports every error at once.</remarks>
public sealed partial record SamplingParams
{
    /// <summary>Everything off: draws from the model's own distribution.</summary>
    public static SamplingParams Default { get; } = new();

    /// <summary><c>allowed_token_ids</c>: the only tokens possible; null allows all.</summary>
    public IReadOnlyList<int>? AllowedTokenIds { get; init; }

    /// <summary><c>bad_words</c> as token sequences: the last token of a matching sequence becomes impossible.</summary>
    public IReadOnlyList<IReadOnlyList<int>> BadWords { get; init; } = [];

    /// <summary><c>min_tokens</c>: output length before which end tokens are impossible; 0 is off.</summary>
    public int MinTokens { get; init; }

    /// <summary><c>logit_bias</c>: token id to a value in [−100, 100] that is added to its logit.</summary>
    public IReadOnlyDictionary<int, float> LogitBias { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<int, float>.Empty;

    /// <summary><c>repetition_penalty</c>, &gt; 0; 1 is off.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary><c>frequency_penalty</c>, [−2, 2]; 0 is off.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary><c>presence_penalty</c>, [−2, 2]; 0 is off.</summary>
    public double PresencePenalty { get; init; }

    /// <summary><c>no_repeat_ngram_size</c>, ≥ 0; 0 is off.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary><c>dry_multiplier</c>, ≥ 0; 0 turns DRY off.</summary>
    public double DryMultiplier { get; init; }

    /// <summary><c>dry_base</c>, ≥ 1.</summary>
    public double DryBase { get; init; } = 1.75;

    /// <summary><c>dry_allowed_length</c>, ≥ 1: repetitions up to this many tokens cost nothing.</summary>
    public int DryAllowedLength { get; init; } = 2;

    /// <summary><c>dry_penalty_last_n</c>: how far back repetitions are looked for; −1 is the whole context, 0 turns DRY off.</summary>
    public int DryPenaltyLastN { get; init; } = -1;

    /// <summary><c>dry_sequence_breakers</c> as token ids: a repetition never extends across one of them.</summary>
    public IReadOnlySet<int> DrySequenceBreakers { get; init; } = System.Collections.Frozen.FrozenSet<int>.Empty;

    /// <summary><c>temperature</c>, [0, 2]; 0 is greedy.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary><c>dynatemp_range</c>, ≥ 0: temperature varies within ± this with the row's entropy; 0 is off.</summary>
    public double DynatempRange { get; init; }

    /// <summary><c>dynatemp_exponent</c>, &gt; 0.</summary>
    public double DynatempExponent { get; init; } = 1;

    /// <summary><c>top_n_sigma</c>, &gt; 0; −1 is off.</summary>
    public double TopNSigma { get; init; } = -1;

    /// <summary><c>top_k</c>, 1..V; 0 or −1 is off.</summary>
    public int TopK { get; init; }

    /// <summary><c>typical_p</c>, (0, 1]; 1 is off.</summary>
    public double TypicalP { get; init; } = 1;

    /// <summary><c>top_p</c>, (0, 1]; 1 is off.</summary>
    public double TopP { get; init; } = 1;

    /// <summary><c>min_p</c>, [0, 1]; 0 is off.</summary>
    public double MinP { get; init; }

    /// <summary><c>epsilon_cutoff</c>, [0, 1]; 0 is off.</summary>
    public double EpsilonCutoff { get; init; }

    /// <summary><c>eta_cutoff</c>, [0, 1]; 0 is off.</summary>
    public double EtaCutoff { get; init; }

    /// <summary><c>xtc_probability</c>, [0, 1]; 0 is off.</summary>
    public double XtcProbability { get; init; }

    /// <summary><c>xtc_threshold</c>, [0, 1]; above 0.5 XTC is off.</summary>
    public double XtcThreshold { get; init; } = 0.1;

    /// <summary><c>mirostat</c>: 0 is off, 2 is Mirostat 2, which replaces every truncation stage.</summary>
    public int Mirostat { get; init; }

    /// <summary><c>mirostat_tau</c>, &gt; 0: target surprise in bits.</summary>
    public double MirostatTau { get; init; } = 5;

    /// <summary><c>mirostat_eta</c>, [0, 1]: learning rate.</summary>
    public double MirostatEta { get; init; } = 0.1;

    /// <summary><c>draw</c>: how the token is chosen.</summary>
    public DrawMethod Draw { get; init; } = DrawMethod.InverseCdf;

    /// <summary><c>sampler_order</c>: the stages that run, in this order; null is the default order of <see cref="SamplerStage"/>.</summary>
    public IReadOnlyList<SamplerStage>? Order { get; init; }
}
