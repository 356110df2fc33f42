namespace Foxtrot.Sampling.Tests.Stages;

/// <summary>The stages that edit logits, by hand.</summary>
public class LogitEditTests
{
    private const float None = float.NegativeInfinity;

    /// <summary>The largest logit's share tells the edited logit: p(i) / p(0) = exp(l(i) − l(0)).</summary>
    private static double LogitOf(ExplainedToken[] tokens, int id) =>
        Math.Log(tokens[id].FinalProbability / tokens[0].FinalProbability) + tokens[0].RawLogit;

    [Fact]
    public void Only_allowed_tokens_stay_possible() =>
        Rows.AssertDistribution(
            [0, 0.5, 0, 0.5], Rows.Final([3, 1, 2, 1], new() { AllowedTokenIds = [3, 1, 3] }));

    [Fact]
    public void The_end_of_a_bad_word_is_impossible_after_its_beginning()
    {
        SamplingParams parameters = new() { BadWords = [[1, 2, 3], [0]] };

        Rows.AssertDistribution([0, 1 / 3.0, 1 / 3.0, 1 / 3.0], Rows.Final(new float[4], parameters, prompt: [2, 1]));
        Rows.AssertDistribution([0, 0.5, 0.5, 0], Rows.Final(new float[4], parameters, prompt: [1, 2]));
    }

    [Fact]
    public void End_tokens_are_impossible_until_the_minimum_length()
    {
        using BatchSampler batch = new();
        RowSampler sampler = Rows.Sampler(new() { MinTokens = 2, Temperature = 0 }, 3, prompt: [0, 0, 0], endTokens: [2]);

        int[] tokens = [.. Enumerable.Range(0, 3).Select(_ => Rows.Draw(batch, [0, 1, 2], sampler).Token)];

        Assert.Equal([1, 1, 2], tokens);
    }

    [Fact]
    public void Min_tokens_counts_from_the_last_extension()
    {
        using BatchSampler batch = new();
        RowSampler sampler = Rows.Sampler(new() { MinTokens = 1, Temperature = 0 }, 3, endTokens: [2]);
        Assert.Equal(1, Rows.Draw(batch, [0, 1, 2], sampler).Token);
        Assert.Equal(2, Rows.Draw(batch, [0, 1, 2], sampler).Token);

        sampler.Extend([0, 0]);

        Assert.Equal(1, Rows.Draw(batch, [0, 1, 2], sampler).Token);
        Assert.Equal(5, sampler.Position);
        Assert.Equal(3, sampler.OutputCount);
        Assert.Equal([1, 2, 0, 0, 1], sampler.Tokens.ToArray());
    }

    [Fact]
    public void Logit_bias_is_added() =>
        Assert.Equal(1.5, LogitOf(Rows.Explain([2, 1], new() { LogitBias = new Dictionary<int, float> { [1] = 0.5f } }), 1), 1e-5);

    [Fact]
    public void Repetition_penalty_divides_positive_and_multiplies_negative_logits_of_prompt_and_output()
    {
        ExplainedToken[] tokens = Rows.Explain([3, 2, -2, 1], new() { RepetitionPenalty = 2 }, prompt: [1, 2, 1]);

        Assert.Equal(1, LogitOf(tokens, 1), 1e-5);
        Assert.Equal(-4, LogitOf(tokens, 2), 1e-5);
        Assert.Equal(1, LogitOf(tokens, 3), 1e-5);
    }

    [Fact]
    public void Frequency_and_presence_penalties_count_output_only()
    {
        using BatchSampler batch = new();
        RowSampler sampler = Rows.Sampler(new() { FrequencyPenalty = 0.5, PresencePenalty = 0.25 }, 4, prompt: [3, 3]);
        foreach (int token in new[] { 1, 2, 1 })
        {
            Rows.Draw(batch, [1, 1, 1, 1], sampler, forced: token);
        }

        ExplainedToken[] tokens = Rows.ById(Explain.Row([1, 1, 1, 1], sampler));

        Assert.Equal(1 - 0.5 * 2 - 0.25, LogitOf(tokens, 1), 1e-5);
        Assert.Equal(1 - 0.5 - 0.25, LogitOf(tokens, 2), 1e-5);
        Assert.Equal(1, LogitOf(tokens, 3), 1e-5);
    }

    [Fact]
    public void A_token_that_would_repeat_an_n_gram_is_impossible()
    {
        // "1 2 3 … 1 2": 3 would repeat a trigram; "2 4" is only a bigram.
        Rows.AssertDistribution(
            [0.25, 0.25, 0.25, 0, 0.25], Rows.Final(new float[5], new() { NoRepeatNgramSize = 3 }, prompt: [1, 2, 3, 0, 2, 4, 1, 2]));
        Rows.AssertDistribution([0, 0, 1], Rows.Final(new float[3], new() { NoRepeatNgramSize = 1 }, prompt: [0, 1]));
    }

    [Fact]
    public void Dry_grows_with_the_length_of_the_repetition()
    {
        // The history ends with 1 2 3, which before was followed by 4; 2 3 alone was followed by 5.
        SamplingParams parameters = new() { DryMultiplier = 0.8, DryBase = 1.75, DryAllowedLength = 2 };
        ExplainedToken[] tokens = Rows.Explain(new float[7], parameters, prompt: [1, 2, 3, 4, 0, 2, 3, 5, 6, 1, 2, 3]);

        Assert.Equal(-0.8 * 1.75, LogitOf(tokens, 4), 1e-5);
        Assert.Equal(-0.8, LogitOf(tokens, 5), 1e-5);
        Assert.Equal(0, LogitOf(tokens, 6), 1e-5);
    }

    [Fact]
    public void Dry_stops_at_a_sequence_breaker_and_at_the_window()
    {
        int[] prompt = [1, 2, 3, 4, 0, 1, 2, 3];
        SamplingParams parameters = new() { DryMultiplier = 1, DryBase = 2, DryAllowedLength = 1 };

        Assert.Equal(-4, LogitOf(Rows.Explain(new float[5], parameters, prompt), 4), 1e-5);
        Assert.Equal(-2, LogitOf(Rows.Explain(new float[5], parameters with { DrySequenceBreakers = new HashSet<int> { 1 } }, prompt), 4), 1e-5);
        Assert.Equal(-2, LogitOf(Rows.Explain(new float[5], parameters with { DryPenaltyLastN = 7 }, prompt), 4), 1e-5);
        Assert.Equal(0, LogitOf(Rows.Explain(new float[5], parameters with { DryPenaltyLastN = 4 }, prompt), 4), 1e-5);
    }

    [Fact]
    public void Temperature_divides_logits() =>
        Assert.Equal(Math.Exp(4), Ratio(Rows.Final([3, 1], new() { Temperature = 0.5 })), 1e-4);

    [Fact]
    public void Dynamic_temperature_depends_on_the_entropy()
    {
        // A uniform row has the largest entropy: T = 1 + 0.5. Stage value shows it.
        Explanation uniform = Explain.Row(new float[4], Rows.Sampler(new() { DynatempRange = 0.5 }, 4));
        Explanation certain = Explain.Row([0, None, None, None], Rows.Sampler(new() { DynatempRange = 0.5 }, 4));

        Assert.Equal(1.5, uniform.Stages[0].Value, 1e-6);
        Assert.Equal(0.5, certain.Stages[0].Value, 1e-6);

        // p = 0.25, 0.75: H = 0.5623, H / ln 2 = 0.8113, T = 0.5 + 0.8113² = 1.1582.
        Explanation mixed = Explain.Row(
            Rows.FromProbabilities(0.25, 0.75), Rows.Sampler(new() { DynatempRange = 0.5, DynatempExponent = 2 }, 2));
        Assert.Equal(1.15818, mixed.Stages[0].Value, 1e-4);
    }

    [Fact]
    public void An_edit_after_a_truncation_and_the_temperature_works_on_what_they_left()
    {
        SamplingParams parameters = new()
        {
            TopK = 2,
            Temperature = 0.5,
            LogitBias = new Dictionary<int, float> { [1] = 1, [2] = 50 },
            Order = [SamplerStage.TopK, SamplerStage.Temperature, SamplerStage.LogitBias],
        };

        // Token 2 is cut before its bias; logits 3 and 1 become 6 and 2 + 1.
        Rows.AssertDistribution([1 / (1 + Math.Exp(-3)), 1 / (1 + Math.Exp(3)), 0], Rows.Final([3, 1, 0], parameters));
    }

    [Fact]
    public void Nothing_possible_is_an_outcome_and_leaves_the_history_alone()
    {
        using BatchSampler batch = new();
        RowSampler sampler = Rows.Sampler(new() { BadWords = [[0], [1]] }, 2);

        TokenDraw draw = Rows.Draw(batch, [1, 2], sampler);

        Assert.Equal((-1, DrawOutcome.NothingPossible, 0L), (draw.Token, draw.Outcome, sampler.Position));
        Assert.Contains("position 0", Assert.Throws<InvalidOperationException>(() => Explain.Row([1, 2], sampler)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Broken_logits_are_an_outcome(float broken)
    {
        using BatchSampler batch = new();
        foreach (double temperature in new[] { 0.0, 1.0 })
        {
            RowSampler sampler = Rows.Sampler(new() { Temperature = temperature, TopK = 1 }, 3);

            Assert.Equal(DrawOutcome.InvalidLogits, Rows.Draw(batch, [1, broken, 2], sampler).Outcome);
        }
    }

    private static double Ratio(double[] probabilities) => probabilities[0] / probabilities[1];
}
