namespace Foxtrot.Sampling.Tests.Draws;

public class InverseCdfTests
{
    [Fact]
    public void The_essay_s_example_draws_jumps()
    {
        string[] words = ["sits", "runs", "jumps", "disappears"];

        Assert.Equal("jumps", words[InverseCdf.Choose([0.01, 0.05, 0.2, 0.02], 0.15)]);
    }

    [Theory]
    [InlineData(0.0, 1)]
    [InlineData(0.25, 3)]
    [InlineData(0.999, 3)]
    public void The_first_cumulative_probability_above_u_wins(double u, int expected) =>
        Assert.Equal(expected, InverseCdf.Choose([0, 0.25, 0, 0.75, 0], u));

    [Fact]
    public void The_last_possible_one_is_chosen_where_the_sum_falls_short() =>
        Assert.Equal(1, InverseCdf.Choose([0.5, 0.4, 0], 0.95));

    [Fact]
    public void Bad_input_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => InverseCdf.Choose([1], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => InverseCdf.Choose([1], double.NaN));
        Assert.Throws<ArgumentException>(() => InverseCdf.Choose([0, 0], 0));
        Assert.Throws<ArgumentException>(() => InverseCdf.Choose([-1, 1], 0));
    }

    [Fact]
    public void Softmax_of_large_logits_does_not_overflow()
    {
        double[] probabilities = new double[3];

        Softmax.FromLogits([88, 89, 90], probabilities);

        Rows.AssertDistribution([0.09003057, 0.24472847, 0.66524096], probabilities);
    }
}
