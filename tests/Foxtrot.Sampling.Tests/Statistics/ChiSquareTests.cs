namespace Foxtrot.Sampling.Tests.Statistics;

/// <summary>The instrument itself: it must accept what fits and reject what does not.</summary>
public sealed class ChiSquareTests
{
    // The upper 1e-6 points of chi-square, by numerical integration of its density.
    [Theory]
    [InlineData(3, 30.66)]
    [InlineData(10, 46.86)]
    [InlineData(100, 182.13)]
    public void Critical_values_are_exact_quantiles_or_slightly_above(int degreesOfFreedom, double exact) =>
        Assert.InRange(ChiSquare.Critical(degreesOfFreedom) / exact, 0.999, 1.08);

    [Fact]
    public void Counts_that_follow_the_distribution_pass() =>
        ChiSquare.AssertFits([0.1, 0.2, 0.3, 0.4], [1010, 1980, 3020, 3990]);

    [Fact]
    public void Counts_that_are_off_by_a_few_percent_fail() =>
        Assert.ThrowsAny<Exception>(() => ChiSquare.AssertFits([0.1, 0.2, 0.3, 0.4], [1200, 1900, 3000, 3900]));

    [Fact]
    public void A_draw_of_an_impossible_token_fails() =>
        Assert.ThrowsAny<Exception>(() => ChiSquare.AssertFits([0.1, 0.2, 0.3, 0.4, 0], [1010, 1980, 3020, 3989, 1]));
}
