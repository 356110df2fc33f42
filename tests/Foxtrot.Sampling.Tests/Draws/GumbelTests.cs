using Foxtrot.Sampling.Tests.Kernels;

namespace Foxtrot.Sampling.Tests.Draws;

public class GumbelTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(3)]
    [InlineData(30)]
    public void The_largest_score_of_all_tokens_wins_though_few_are_computed(double spread)
    {
        using BatchSampler batch = new();
        float[] row = RowKernelsTests.RandomRow(9, 3000, spread);
        RowSampler sampler = new(new() { Draw = DrawMethod.Gumbel, Temperature = 0.8 }, row.Length, 11, 2, [], [], maxOutput: 50);
        for (int step = 0; step < 50; step++)
        {
            int expected = Enumerable.Range(0, row.Length)
                .MaxBy(token => row[token] * (1 / 0.8) + DrawRandom.Gumbel(11, sampler.Position, 2, token));

            Assert.Equal(expected, Rows.Draw(batch, row, sampler).Token);
        }
    }

    [Fact]
    public void Scores_are_shown_for_survivors_and_the_largest_is_selected()
    {
        float[] row = RowKernelsTests.RandomRow(9, 100);

        Explanation explanation = Explain.Row(row, Rows.Sampler(new() { Draw = DrawMethod.Gumbel, TopK = 10 }, 100), 100);

        Assert.Equal(10, explanation.Tokens.Count(token => token.GumbelScore is not null));
        Assert.True(explanation.Tokens.MaxBy(token => token.GumbelScore)!.Selected);
        Assert.All(explanation.Tokens, token => Assert.Null(token.Low));
    }
}
