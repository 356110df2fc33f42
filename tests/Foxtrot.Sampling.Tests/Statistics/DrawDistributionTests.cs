using Foxtrot.Sampling.Tests.Oracle;

namespace Foxtrot.Sampling.Tests.Statistics;

/// <summary>Draws follow the final distribution, whichever coordinate of the random numbers moves from one draw to the next.</summary>
public sealed class DrawDistributionTests
{
    private const int Draws = 40_000;

    /// <summary>Probabilities from 0.3 down to 0.0002 and one of nearly 0, out of id order.</summary>
    private static readonly float[] Logits = [-1, 2.5f, 0.25f, 1, -40, 3, -2.5f, 1.5f, 0.5f, -4, 2, 2.25f];

    public static TheoryData<DrawMethod, string> Cases
    {
        get
        {
            var cases = new TheoryData<DrawMethod, string>();
            foreach (var setting in Settings.Keys)
            {
                cases.Add(DrawMethod.InverseCdf, setting);
                cases.Add(DrawMethod.Gumbel, setting);
            }

            return cases;
        }
    }

    private static readonly Dictionary<string, SamplingParams> Settings = new()
    {
        ["the model's own distribution"] = new(),
        ["temperature"] = new() { Temperature = 1.6 },
        ["truncated"] = new() { Temperature = 1.3, TopK = 9, TopP = 0.97 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Draws_at_successive_positions_follow_the_distribution(DrawMethod method, string setting)
    {
        var parameters = Settings[setting] with { Draw = method };
        var sampler = new RowSampler(parameters, Logits.Length, seed: 20, choice: 0, prompt: [0], endTokens: []);
        AssertFollows(parameters, _ => sampler);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Draws_of_different_choices_follow_the_distribution(DrawMethod method, string setting)
    {
        var parameters = Settings[setting] with { Draw = method };
        AssertFollows(parameters, i => new RowSampler(parameters, Logits.Length, seed: 21, choice: i, prompt: [0], endTokens: []));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Draws_with_different_seeds_follow_the_distribution(DrawMethod method, string setting)
    {
        var parameters = Settings[setting] with { Draw = method };
        AssertFollows(parameters, i => new RowSampler(parameters, Logits.Length, seed: (ulong)i, choice: 0, prompt: [0], endTokens: []));
    }

    [Theory]
    [InlineData(DrawMethod.InverseCdf)]
    [InlineData(DrawMethod.Gumbel)]
    public void Draws_at_neighbouring_positions_are_independent(DrawMethod method)
    {
        var parameters = new SamplingParams { Draw = method };
        var p = OracleRow.From(Logits).Probabilities();
        var expected = p.SelectMany(first => p.Select(second => first * second)).ToArray();
        var sampler = new RowSampler(parameters, Logits.Length, seed: 22, choice: 0, prompt: [0], endTokens: []);
        var counts = new long[expected.Length];
        for (var i = 0; i < Draws; i++)
        {
            counts[(One.Draw(sampler, Logits).Token * p.Length) + One.Draw(sampler, Logits).Token]++;
        }

        ChiSquare.AssertFits(expected, counts);
    }

    [Theory]
    [InlineData(DrawMethod.InverseCdf)]
    [InlineData(DrawMethod.Gumbel)]
    public void Draws_of_neighbouring_choices_are_independent(DrawMethod method)
    {
        var parameters = new SamplingParams { Draw = method };
        var p = OracleRow.From(Logits).Probabilities();
        var expected = p.SelectMany(first => p.Select(second => first * second)).ToArray();
        var first = new RowSampler(parameters, Logits.Length, seed: 23, choice: 0, prompt: [0], endTokens: []);
        var second = new RowSampler(parameters, Logits.Length, seed: 23, choice: 1, prompt: [0], endTokens: []);
        var counts = new long[expected.Length];
        for (var i = 0; i < Draws; i++)
        {
            counts[(One.Draw(first, Logits).Token * p.Length) + One.Draw(second, Logits).Token]++;
        }

        ChiSquare.AssertFits(expected, counts);
    }

    [Fact]
    public void The_XTC_coin_falls_as_often_as_asked()
    {
        // Tokens 1 and 2 are above the threshold: with the coin (p = 0.3) token 1 is gone and the rest is 1/3, 0, 2/3;
        // without it 1/6, 3/6, 2/6. Mixed: 0.3 · 1/3 + 0.7 · 1/6 = 13/60, 21/60, 26/60. A fourth and fifth token of
        // weight 1 split the first.
        var parameters = new SamplingParams { XtcProbability = 0.3, XtcThreshold = 0.3 };
        float[] logits = [MathF.Log(1 / 3f), MathF.Log(3), MathF.Log(2), MathF.Log(1 / 3f), MathF.Log(1 / 3f)];
        double[] expected = [13 / 180.0, 21 / 60.0, 26 / 60.0, 13 / 180.0, 13 / 180.0];
        var sampler = new RowSampler(parameters, logits.Length, seed: 24, choice: 0, prompt: [0], endTokens: []);
        var counts = new long[logits.Length];
        for (var i = 0; i < Draws; i++)
        {
            counts[One.Draw(sampler, logits).Token]++;
        }

        ChiSquare.AssertFits(expected, counts);
    }

    private static void AssertFollows(SamplingParams parameters, Func<int, RowSampler> sampler)
    {
        var context = new OracleContext(parameters, [0], [], [], Mu: 0, XtcCoin: 1);
        var expected = OracleChain.Run(OracleRow.From(Logits), context).Probabilities();
        var counts = new long[Logits.Length];
        for (var i = 0; i < Draws; i++)
        {
            counts[One.Draw(sampler(i), Logits).Token]++;
        }

        ChiSquare.AssertFits(expected, counts);
    }
}
