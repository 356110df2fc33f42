using Foxtrot.Sampling.Tests.Oracle;

namespace Foxtrot.Sampling.Tests.HandComputed;

/// <summary>The library against paper: the distribution that it explains, and the tokens that it draws from it.</summary>
public sealed class HandComputedLibraryTests
{
    [Theory]
    [MemberData(nameof(HandComputedCases.All), MemberType = typeof(HandComputedCases))]
    public void The_explained_distribution_is_the_one_worked_out_by_hand(HandComputedCase c)
    {
        var explanation = Explain.Row(c.Logits, Sampler(c, seed: 1), top: c.Weights.Length);

        var actual = explanation.Tokens.OrderBy(t => t.Id).Select(t => t.ProbabilityAfterStage.Count == 0 ? t.RawProbability : t.ProbabilityAfterStage[^1]);
        Assert.Equal(c.Expected, [.. actual], (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [MemberData(nameof(HandComputedCases.All), MemberType = typeof(HandComputedCases))]
    public void The_token_drawn_is_the_one_that_u_selects_in_the_distribution_worked_out_by_hand(HandComputedCase c)
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            var draw = One.Draw(Sampler(c, seed), c.Logits);

            Assert.False(OracleDraw.IsAtBorder(c.Expected, draw.U, 1e-6), "choose another seed: u is at a border");
            Assert.Equal(OracleDraw.InverseCdf(c.Expected, draw.U), draw.Token);
            Assert.Equal(c.Expected[draw.Token], draw.Probability, 1e-6);
        }
    }

    private static RowSampler Sampler(HandComputedCase c, ulong seed)
    {
        var sampler = new RowSampler(c.Parameters, c.Weights.Length, seed, choice: 0, c.Prompt, c.EndTokens);
        foreach (var token in c.Output)
        {
            One.Draw(sampler, c.Logits, forced: token);
        }

        return sampler;
    }
}
