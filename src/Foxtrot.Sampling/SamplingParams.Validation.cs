using System.Globalization;
using System.Numerics;

namespace Foxtrot.Sampling;

/// <content>Ranges.</content>
public sealed partial record SamplingParams
{
    /// <summary>Checks every parameter against its range and the vocabulary.</summary>
    /// <param name="vocabulary">Number of token ids, ≥ 1.</param>
    /// <returns>All errors, in the order of the properties; empty if there are none.</returns>
    public IReadOnlyList<ParameterError> Validate(int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        List<ParameterError> errors = [];
        CheckTokens(errors, vocabulary);

        void Range<T>(string field, bool holds, string bound, T value) where T : INumber<T>
        {
            if (!holds)
            {
                errors.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"{field} must be {bound}, but is {value}")));
            }
        }

        void In(string field, double value, double low, double high) =>
            Range(field, value >= low && value <= high, string.Create(CultureInfo.InvariantCulture, $"in [{low}, {high}]"), value);

        void Positive(string field, double value) =>
            Range(field, value > 0 && double.IsFinite(value), "a finite number above 0", value);

        void NotNegative(string field, double value) =>
            Range(field, value >= 0 && double.IsFinite(value), "a finite number, 0 or more", value);

        Range("min_tokens", MinTokens >= 0, "0 or more", MinTokens);
        Positive("repetition_penalty", RepetitionPenalty);
        In("frequency_penalty", FrequencyPenalty, -2, 2);
        In("presence_penalty", PresencePenalty, -2, 2);
        Range("no_repeat_ngram_size", NoRepeatNgramSize >= 0, "0 or more", NoRepeatNgramSize);
        NotNegative("dry_multiplier", DryMultiplier);
        Range("dry_base", DryBase >= 1 && double.IsFinite(DryBase), "a finite number, 1 or more", DryBase);
        Range("dry_allowed_length", DryAllowedLength >= 1, "1 or more", DryAllowedLength);
        Range("dry_penalty_last_n", DryPenaltyLastN >= -1, "-1 or more", DryPenaltyLastN);
        In("temperature", Temperature, 0, 2);
        NotNegative("dynatemp_range", DynatempRange);
        Positive("dynatemp_exponent", DynatempExponent);
        Range("top_n_sigma", TopNSigma == -1 || (TopNSigma > 0 && double.IsFinite(TopNSigma)), "a finite number above 0, or -1 for off", TopNSigma);
        Range("top_k", TopK >= -1 && TopK <= vocabulary, string.Create(CultureInfo.InvariantCulture, $"in [1, {vocabulary}], or 0 or -1 for off"), TopK);
        Range("typical_p", TypicalP > 0 && TypicalP <= 1, "in (0, 1]", TypicalP);
        Range("top_p", TopP > 0 && TopP <= 1, "in (0, 1]", TopP);
        In("min_p", MinP, 0, 1);
        In("epsilon_cutoff", EpsilonCutoff, 0, 1);
        In("eta_cutoff", EtaCutoff, 0, 1);
        In("xtc_probability", XtcProbability, 0, 1);
        In("xtc_threshold", XtcThreshold, 0, 1);
        Range("mirostat", Mirostat is 0 or 2, "0 (off) or 2", Mirostat);
        Positive("mirostat_tau", MirostatTau);
        In("mirostat_eta", MirostatEta, 0, 1);
        if (!Enum.IsDefined(Draw))
        {
            errors.Add(new("draw", string.Create(CultureInfo.InvariantCulture, $"draw must be inverse_cdf or gumbel, but is {Draw:D}")));
        }

        if (Draw == DrawMethod.Gumbel)
        {
            Range("draw", vocabulary - 1 <= DrawRandom.MaxGumbelToken, string.Create(CultureInfo.InvariantCulture, $"inverse_cdf for vocabularies above {DrawRandom.MaxGumbelToken + 1}"), vocabulary);
        }

        CheckOrder(errors);
        return errors;
    }

    private void CheckTokens(List<ParameterError> errors, int vocabulary)
    {
        void Id(string field, int id)
        {
            if (id < 0 || id >= vocabulary)
            {
                errors.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"{field} must hold token ids in [0, {vocabulary - 1}], but holds {id}")));
            }
        }

        if (AllowedTokenIds is { Count: 0 })
        {
            errors.Add(new("allowed_token_ids", "allowed_token_ids must hold at least one token id, but is empty"));
        }

        foreach (int id in AllowedTokenIds ?? [])
        {
            Id("allowed_token_ids", id);
        }

        foreach (IReadOnlyList<int> sequence in BadWords)
        {
            if (sequence.Count == 0)
            {
                errors.Add(new("bad_words", "bad_words must hold sequences of at least one token, but one is empty"));
            }

            foreach (int id in sequence)
            {
                Id("bad_words", id);
            }
        }

        foreach ((int id, float bias) in LogitBias)
        {
            Id("logit_bias", id);
            if (!(bias >= -100 && bias <= 100))
            {
                errors.Add(new("logit_bias", string.Create(CultureInfo.InvariantCulture, $"logit_bias must hold values in [-100, 100], but holds {bias} for token {id}")));
            }
        }

        foreach (int id in DrySequenceBreakers)
        {
            Id("dry_sequence_breakers", id);
        }
    }

    private void CheckOrder(List<ParameterError> errors)
    {
        HashSet<SamplerStage> seen = [];
        foreach (SamplerStage stage in Order ?? [])
        {
            if (!Enum.IsDefined(stage))
            {
                errors.Add(new("sampler_order", string.Create(CultureInfo.InvariantCulture, $"sampler_order must hold known stages, but holds {stage:D}")));
            }
            else if (!seen.Add(stage))
            {
                errors.Add(new("sampler_order", $"sampler_order must name each stage once at most, but names {SamplerOrder.NameOf(stage)} again"));
            }
        }
    }
}
