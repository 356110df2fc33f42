using System.Globalization;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Fields;

namespace Foxtrot.Gateway.Generation;

/// <summary>Every sampling parameter by its name. What is absent is left to the model's own defaults.</summary>
internal static class SamplingFields
{
    private static readonly Shape<double> Share = new NumberShape(0, 1);
    private static readonly Shape<double> PositiveShare = new NumberShape(0, 1, aboveMinimum: true);
    private static readonly Shape<double> Positive = new NumberShape(0, aboveMinimum: true);
    private static readonly Shape<double> NotNegative = new NumberShape(0);
    private static readonly Shape<double> Penalty = new NumberShape(-2, 2);
    private static readonly Shape<int> Count = new IntegerShape(0);

    /// <summary>The parameters in the order of their stages.</summary>
    public static IReadOnlyList<Field<SamplingSettings>> All { get; } =
    [
        Of("allowed_token_ids", new ListShape<int>(new TokenIdShape(), 1), "The only tokens possible.", (s, v) => s with { AllowedTokenIds = v }),
        Of("bad_words", new ListShape<string>(new TextShape(1)), "Texts that are never completed.", (s, v) => s with { BadWords = v }),
        Of("min_tokens", Count, "Output length before which end tokens are impossible; 0 is off.", (s, v) => s with { MinTokens = v }),
        Of("logit_bias", new MapShape<int, float>("token ids", TryTokenId, new BiasShape()), "Added to the logits of tokens, by token id.", (s, v) => s with { LogitBias = v }),
        Of("repetition_penalty", Positive, "Divides positive logits of tokens seen before, multiplies negative ones; 1 is off.", (s, v) => s with { RepetitionPenalty = v }),
        Of("frequency_penalty", Penalty, "Taken from the logit of an output token for each time it occurs; 0 is off.", (s, v) => s with { FrequencyPenalty = v }),
        Of("presence_penalty", Penalty, "Taken once from the logit of each output token; 0 is off.", (s, v) => s with { PresencePenalty = v }),
        Of("no_repeat_ngram_size", Count, "No sequence of so many tokens occurs twice; 0 is off.", (s, v) => s with { NoRepeatNgramSize = v }),
        Of("dry_multiplier", NotNegative, "Strength of the DRY penalty on repetitions; 0 is off.", (s, v) => s with { DryMultiplier = v }),
        Of("dry_base", new NumberShape(1), "How DRY grows with the length of a repetition.", (s, v) => s with { DryBase = v }),
        Of("dry_allowed_length", new IntegerShape(1), "Repetitions up to this many tokens cost nothing.", (s, v) => s with { DryAllowedLength = v }),
        Of("dry_penalty_last_n", new IntegerShape(-1), "How far back DRY looks; -1 is everything, 0 is off.", (s, v) => s with { DryPenaltyLastN = v }),
        Of("dry_sequence_breakers", new ListShape<string>(new TextShape(1)), "Texts across which DRY sees no repetition.", (s, v) => s with { DrySequenceBreakers = v }),
        Of("temperature", new NumberShape(0, 2), "Divides the logits; 0 is greedy.", (s, v) => s with { Temperature = v }),
        Of("dynatemp_range", NotNegative, "The temperature varies by so much with entropy; 0 is off.", (s, v) => s with { DynatempRange = v }),
        Of("dynatemp_exponent", Positive, "How it varies.", (s, v) => s with { DynatempExponent = v }),
        Of("top_n_sigma", new SigmaShape(), "Keeps logits within n standard deviations of the largest; -1 is off.", (s, v) => s with { TopNSigma = v }),
        Of("top_k", new IntegerShape(-1), "Keeps the k largest; 0 and -1 are off.", (s, v) => s with { TopK = v }),
        Of("typical_p", PositiveShare, "Keeps the locally typical set of this mass; 1 is off.", (s, v) => s with { TypicalP = v }),
        Of("top_p", PositiveShare, "Keeps the most probable tokens of this mass; 1 is off.", (s, v) => s with { TopP = v }),
        Of("min_p", Share, "Keeps tokens of at least this part of the largest probability; 0 is off.", (s, v) => s with { MinP = v }),
        Of("epsilon_cutoff", Share, "Keeps probabilities of at least this; 0 is off.", (s, v) => s with { EpsilonCutoff = v }),
        Of("eta_cutoff", Share, "Keeps probabilities of at least min(eta, sqrt(eta) exp(-entropy)); 0 is off.", (s, v) => s with { EtaCutoff = v }),
        Of("xtc_probability", Share, "How often XTC drops every likely token but the least likely of them; 0 is off.", (s, v) => s with { XtcProbability = v }),
        Of("xtc_threshold", Share, "From where XTC takes a token for likely; above 0.5 is off.", (s, v) => s with { XtcThreshold = v }),
        Of("mirostat", new MirostatShape(), "2 is Mirostat 2, which replaces the truncations; 0 is off.", (s, v) => s with { Mirostat = v }),
        Of("mirostat_tau", Positive, "Mirostat's target surprise in bits.", (s, v) => s with { MirostatTau = v }),
        Of("mirostat_eta", Share, "Mirostat's learning rate.", (s, v) => s with { MirostatEta = v }),
        Of("draw", new WordShape("inverse_cdf", "gumbel"), "How the token is drawn.", (s, v) => s with { Draw = v }),
        Of("sampler_order", new SamplerOrderShape(), "The stages that run, in this order, or the name of a preset.", (s, v) => s with { SamplerOrder = v }),
    ];

    private static Field<SamplingSettings> Of<T>(string name, Shape<T> shape, string description, Func<SamplingSettings, T, SamplingSettings> set) =>
        Field.Of(name, shape, description, set);

    private static bool TryTokenId(string name, out int id) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
