using Foxtrot.Sampling.Tests.Oracle;

namespace Foxtrot.Sampling.Tests.HandComputed;

/// <summary>The oracle itself against paper, so that the property tests compare with something that was checked.</summary>
public sealed class HandComputedOracleTests
{
    [Theory]
    [MemberData(nameof(HandComputedCases.All), MemberType = typeof(HandComputedCases))]
    public void The_oracle_gives_the_distribution_worked_out_by_hand(HandComputedCase c)
    {
        var context = new OracleContext(c.Parameters, c.Prompt, c.Output, c.EndTokens, 2 * c.Parameters.MirostatTau, XtcCoin: 0);

        var final = OracleChain.Run(OracleRow.From(c.Logits), context);

        Assert.Equal(c.Expected, final.Probabilities(), (a, b) => Math.Abs(a - b) < 1e-6);
    }
}
