namespace Foxtrot.Sampling.Tests;

public class SamplingParamsValidationTests
{
    public static TheoryData<SamplingParams, string> OutOfRange() => new()
    {
        { new() { TopP = 1.5 }, "top_p must be in (0, 1], but is 1.5" },
        { new() { TopP = 0 }, "top_p must be in (0, 1], but is 0" },
        { new() { TypicalP = double.NaN }, "typical_p must be in (0, 1], but is NaN" },
        { new() { Temperature = 2.5 }, "temperature must be in [0, 2], but is 2.5" },
        { new() { Temperature = -0.1 }, "temperature must be in [0, 2], but is -0.1" },
        { new() { TopK = 11 }, "top_k must be in [1, 10], or 0 or -1 for off, but is 11" },
        { new() { MinP = double.PositiveInfinity }, "min_p must be in [0, 1], but is Infinity" },
        { new() { TopNSigma = 0 }, "top_n_sigma must be a finite number above 0, or -1 for off, but is 0" },
        { new() { RepetitionPenalty = 0 }, "repetition_penalty must be a finite number above 0, but is 0" },
        { new() { FrequencyPenalty = 3 }, "frequency_penalty must be in [-2, 2], but is 3" },
        { new() { PresencePenalty = -3 }, "presence_penalty must be in [-2, 2], but is -3" },
        { new() { NoRepeatNgramSize = -1 }, "no_repeat_ngram_size must be 0 or more, but is -1" },
        { new() { MinTokens = -1 }, "min_tokens must be 0 or more, but is -1" },
        { new() { DryMultiplier = -1 }, "dry_multiplier must be a finite number, 0 or more, but is -1" },
        { new() { DryBase = 0.5 }, "dry_base must be a finite number, 1 or more, but is 0.5" },
        { new() { DryAllowedLength = 0 }, "dry_allowed_length must be 1 or more, but is 0" },
        { new() { DryPenaltyLastN = -2 }, "dry_penalty_last_n must be -1 or more, but is -2" },
        { new() { DynatempRange = -1 }, "dynatemp_range must be a finite number, 0 or more, but is -1" },
        { new() { DynatempExponent = 0 }, "dynatemp_exponent must be a finite number above 0, but is 0" },
        { new() { EpsilonCutoff = 2 }, "epsilon_cutoff must be in [0, 1], but is 2" },
        { new() { EtaCutoff = 2 }, "eta_cutoff must be in [0, 1], but is 2" },
        { new() { XtcProbability = 2 }, "xtc_probability must be in [0, 1], but is 2" },
        { new() { XtcThreshold = 2 }, "xtc_threshold must be in [0, 1], but is 2" },
        { new() { Mirostat = 1 }, "mirostat must be 0 (off) or 2, but is 1" },
        { new() { MirostatTau = 0 }, "mirostat_tau must be a finite number above 0, but is 0" },
        { new() { MirostatEta = 2 }, "mirostat_eta must be in [0, 1], but is 2" },
        { new() { Draw = (DrawMethod)9 }, "draw must be inverse_cdf or gumbel, but is 9" },
        { new() { AllowedTokenIds = [] }, "allowed_token_ids must hold at least one token id, but is empty" },
        { new() { AllowedTokenIds = [10] }, "allowed_token_ids must hold token ids in [0, 9], but holds 10" },
        { new() { BadWords = [[]] }, "bad_words must hold sequences of at least one token, but one is empty" },
        { new() { BadWords = [[1, -1]] }, "bad_words must hold token ids in [0, 9], but holds -1" },
        { new() { LogitBias = new Dictionary<int, float> { [1] = 101 } }, "logit_bias must hold values in [-100, 100], but holds 101 for token 1" },
        { new() { DrySequenceBreakers = new HashSet<int> { 12 } }, "dry_sequence_breakers must hold token ids in [0, 9], but holds 12" },
        { new() { Order = [SamplerStage.TopK, SamplerStage.TopK] }, "sampler_order must name each stage once at most, but names top_k again" },
        { new() { Order = [(SamplerStage)99] }, "sampler_order must hold known stages, but holds 99" },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void An_error_names_field_bound_and_value(SamplingParams parameters, string message)
    {
        ParameterError error = Assert.Single(parameters.Validate(10));

        Assert.Equal(message, error.Message);
        Assert.StartsWith(error.Field, message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_reported_at_once()
    {
        SamplingParams parameters = new() { TopP = 2, MinP = 2, Temperature = 3 };

        Assert.Equal(["temperature", "top_p", "min_p"], parameters.Validate(10).Select(error => error.Field));
        string message = Assert.Throws<ArgumentException>(() => Rows.Sampler(parameters, 10)).Message;
        Assert.All(parameters.Validate(10), error => Assert.Contains(error.Message, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Defaults_and_bounds_are_valid()
    {
        Assert.Empty(new SamplingParams().Validate(1));
        Assert.Empty(new SamplingParams { Temperature = 2, TopK = 10, MinP = 1, TopNSigma = -1, XtcThreshold = 1, TopP = 1e-9 }.Validate(10));
    }

    [Fact]
    public void Token_ids_of_a_sampler_are_checked()
    {
        Assert.Throws<ArgumentException>(() => Rows.Sampler(new(), 3, prompt: [3]));
        Assert.Throws<ArgumentException>(() => Rows.Sampler(new(), 3, endTokens: [-1]));
        Assert.Throws<ArgumentException>(() => Rows.Sampler(new(), 3).Extend([4]));
    }
}
