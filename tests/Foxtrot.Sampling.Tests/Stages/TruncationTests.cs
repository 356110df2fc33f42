using Foxtrot.Sampling.Tests.Kernels;

namespace Foxtrot.Sampling.Tests.Stages;

/// <summary>Each truncation stage on a distribution small enough to do by hand.</summary>
public class TruncationTests
{
    private static readonly float[] Row = Rows.FromProbabilities(0.1, 0.4, 0.05, 0.3, 0.15);

    [Fact]
    public void Top_k_keeps_the_k_largest() =>
        Rows.AssertDistribution([0, 4 / 7.0, 0, 3 / 7.0, 0], Rows.Final(Row, new() { TopK = 2 }));

    [Fact]
    public void Top_k_keeps_lower_ids_among_equal_logits_at_the_border() =>
        Rows.AssertDistribution([0.25, 0.25, 0.5, 0, 0], Rows.Final(Rows.FromProbabilities(0.2, 0.2, 0.4, 0.2, 0.2), new() { TopK = 3 }));

    [Fact]
    public void Top_p_keeps_the_smallest_set_that_reaches_the_mass() =>
        Rows.AssertDistribution([0, 0.4 / 0.85, 0, 0.3 / 0.85, 0.15 / 0.85], Rows.Final(Row, new() { TopP = 0.75 }));

    [Fact]
    public void Top_p_keeps_lower_ids_among_equal_logits_at_the_border() =>
        Rows.AssertDistribution([1 / 3.0, 1 / 3.0, 1 / 3.0, 0, 0], Rows.Final(new float[5], new() { TopP = 0.55 }));

    [Theory]
    [InlineData(0.02, 0.9)]
    [InlineData(1, 0.5)]
    [InlineData(1, 0.9)]
    [InlineData(1, 0.999999)]
    [InlineData(3, 0.9)]
    [InlineData(12, 0.9)]
    public void Top_p_of_a_long_row_keeps_what_sorting_would(double spread, double topP)
    {
        float[] row = RowKernelsTests.RandomRow(5, 40_000, spread);
        float max = row.Max();
        double[] weights = row.Select(logit => Math.Exp(logit - max)).ToArray();
        double total = weights.Sum();
        int[] order = [.. Enumerable.Range(0, row.Length).OrderByDescending(id => row[id]).ThenBy(id => id)];
        double mass = 0;
        int expected = 1 + order.TakeWhile(id => (mass += weights[id]) < topP * total).Count();

        Explanation explanation = Explain.Row(row, Rows.Sampler(new() { TopP = topP }, row.Length), row.Length);

        // Rounding of single weights may move the border by a token or two.
        Assert.InRange(explanation.Stages[0].Candidates, expected - 2, expected + 2);
        HashSet<int> kept = [.. explanation.Tokens.Where(token => token.FinalProbability > 0).Select(token => token.Id)];
        Assert.True(kept.SetEquals(order.Take(kept.Count)));
        Assert.Equal(1, explanation.Tokens.Sum(token => token.FinalProbability), 1e-9);
    }

    [Fact]
    public void A_stage_measures_mass_among_what_earlier_stages_left() =>
        // 0.4 is 0.571 of the two that top-k leaves, so 0.55 is reached by it alone; of the whole row it would not be.
        Rows.AssertDistribution([0, 1, 0, 0, 0], Rows.Final(Row, new() { TopK = 2, TopP = 0.55 }));

    [Fact]
    public void Min_p_keeps_probabilities_above_a_fraction_of_the_largest() =>
        Rows.AssertDistribution([0, 0.4 / 0.85, 0, 0.3 / 0.85, 0.15 / 0.85], Rows.Final(Row, new() { MinP = 0.3 }));

    [Fact]
    public void Epsilon_keeps_probabilities_above_it() =>
        Rows.AssertDistribution([0, 0.4 / 0.85, 0, 0.3 / 0.85, 0.15 / 0.85], Rows.Final(Row, new() { EpsilonCutoff = 0.12 }));

    [Fact]
    public void Epsilon_above_every_probability_keeps_the_largest() =>
        Rows.AssertDistribution([0, 1, 0, 0, 0], Rows.Final(Row, new() { EpsilonCutoff = 0.9 }));

    [Fact]
    public void Eta_depends_on_the_entropy()
    {
        // H = 1.3925 nats, so sqrt(0.2) · exp(−H) = 0.1111 < 0.2.
        Rows.AssertDistribution([0, 0.4 / 0.85, 0, 0.3 / 0.85, 0.15 / 0.85], Rows.Final(Row, new() { EtaCutoff = 0.2 }));
    }

    [Fact]
    public void Typical_keeps_what_is_nearest_to_the_entropy()
    {
        // H = 1.3925; surprises 2.303, 0.916, 2.996, 1.204, 1.897; distances 0.91, 0.476, 1.60, 0.19, 0.504.
        Rows.AssertDistribution([0, 4 / 7.0, 0, 3 / 7.0, 0], Rows.Final(Row, new() { TypicalP = 0.6 }));
        Rows.AssertDistribution([0, 0, 0, 1, 0], Rows.Final(Row, new() { TypicalP = 0.2 }));
    }

    [Fact]
    public void Top_n_sigma_keeps_logits_within_deviations_of_the_largest() =>
        // Mean 2, deviation √6, so the limit is a little below 5 − 3 = 2.
        Rows.AssertDistribution(
            Softmaxed(5, double.NegativeInfinity, 2, double.NegativeInfinity),
            Rows.Final([5, float.NegativeInfinity, 2, -1], new() { TopNSigma = 3 / Math.Sqrt(6) + 1e-6 }));

    [Fact]
    public void Xtc_drops_all_likely_tokens_but_the_least_likely() =>
        Rows.AssertDistribution(
            [0.1 / 0.3, 0, 0.05 / 0.3, 0, 0.15 / 0.3], Rows.Final(Row, new() { XtcProbability = 1, XtcThreshold = 0.12 }));

    [Fact]
    public void Xtc_leaves_a_row_with_one_likely_token_alone() =>
        Rows.AssertDistribution([0.1, 0.4, 0.05, 0.3, 0.15], Rows.Final(Row, new() { XtcProbability = 1, XtcThreshold = 0.35 }));

    [Fact]
    public void Xtc_is_off_above_one_half() =>
        Assert.Empty(Explain.Row(Row, Rows.Sampler(new() { XtcProbability = 1, XtcThreshold = 0.51 }, 5)).Stages);

    [Fact]
    public void Xtc_applies_as_often_as_its_probability_says()
    {
        int applied = 0;
        for (ulong seed = 0; seed < 2000; seed++)
        {
            RowSampler sampler = new(new() { XtcProbability = 0.3 }, 5, seed, 0, [], []);
            applied += Explain.Row(Row, sampler).Stages[0].Removed > 0 ? 1 : 0;
        }

        Assert.InRange(applied, 500, 700);
    }

    [Fact]
    public void Mirostat_cuts_surprise_above_mu_and_moves_mu_towards_the_target()
    {
        // mu = 2 tau = 3 bits: p ≥ 0.125.
        RowSampler sampler = Rows.Sampler(new() { Mirostat = 2, MirostatTau = 1.5, MirostatEta = 0.5 }, 5);
        Rows.AssertDistribution(
            [0, 0.4 / 0.85, 0, 0.3 / 0.85, 0.15 / 0.85],
            Rows.ById(Explain.Row(Row, sampler, 5)).Select(token => token.FinalProbability).ToArray());
        using BatchSampler batch = new();

        TokenDraw draw = Rows.Draw(batch, Row, sampler);

        Assert.Equal(3 - 0.5 * (-Math.Log2(draw.Probability) - 1.5), sampler.Mu, 1e-9);
    }

    [Fact]
    public void Mirostat_replaces_the_other_truncations() =>
        Assert.Equal(
            [SamplerStage.Temperature, SamplerStage.Mirostat],
            Explain.Row(Row, Rows.Sampler(new() { Mirostat = 2, TopK = 1, TopP = 0.1, Temperature = 0.5 }, 5)).Stages.Select(stage => stage.Stage));

    private static double[] Softmaxed(params double[] logits)
    {
        double sum = logits.Sum(Math.Exp);
        return logits.Select(logit => Math.Exp(logit) / sum).ToArray();
    }
}
