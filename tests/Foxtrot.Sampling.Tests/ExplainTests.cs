namespace Foxtrot.Sampling.Tests;

public class ExplainTests
{
    private static readonly float[] Row = Rows.FromProbabilities(0.1, 0.4, 0.05, 0.3, 0.15);

    [Fact]
    public void Every_stage_says_what_it_left_and_who_removed_a_token()
    {
        SamplingParams parameters = new() { TopK = 4, TopP = 0.8, MinP = 0.5 };

        Explanation explanation = Explain.Row(Row, Rows.Sampler(parameters, 5), 5);

        Assert.Equal(
            [new(SamplerStage.TopK, 4, 4, 1), new(SamplerStage.TopP, 0.8, 3, 1), new(SamplerStage.MinP, 0.5, 2, 1)],
            explanation.Stages);
        ExplainedToken[] tokens = Rows.ById(explanation);
        Assert.Equal(
            [SamplerStage.TopP, null, SamplerStage.TopK, null, SamplerStage.MinP], tokens.Select(token => token.RemovedBy));
        Rows.AssertDistribution([0.15 / 0.95, 0.15 / 0.85, 0], [.. tokens[4].ProbabilityAfterStage]);
        Assert.Equal([1, 3, 4, 0, 2], explanation.Tokens.Select(token => token.Id));
    }

    [Fact]
    public void Intervals_follow_one_another_in_token_order()
    {
        ExplainedToken[] tokens = Rows.ById(Explain.Row(Row, Rows.Sampler(new() { TopK = 4 }, 5), 5));

        ExplainedToken[] possible = [.. tokens.Where(token => token.RemovedBy is null)];
        Assert.Equal(0, possible[0].Low);
        Assert.Equal(1, possible[^1].High!.Value, 1e-12);
        for (int i = 1; i < possible.Length; i++)
        {
            Assert.Equal(possible[i - 1].High, possible[i].Low);
        }

        Assert.Null(tokens[2].Low);
    }

    [Fact]
    public void The_selected_token_is_shown_however_few_are_asked_for()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            Explanation explanation = Explain.Row(Row, new RowSampler(new(), 5, seed, 0, [], []), top: 1);

            Assert.Single(explanation.Tokens, token => token.Selected);
            Assert.Equal(1, explanation.Tokens[0].Id);
            Assert.InRange(explanation.Tokens.Count, 1, 2);
        }
    }

    [Fact]
    public void Explaining_changes_neither_logits_nor_sampler()
    {
        float[] row = [.. Row];
        RowSampler sampler = Rows.Sampler(new() { Mirostat = 2, RepetitionPenalty = 2 }, 5, prompt: [1]);

        string first = Explain.Row(row, sampler).SelectedToken + " " + sampler.Mu;

        Assert.Equal(first, Explain.Row(row, sampler).SelectedToken + " " + sampler.Mu);
        Assert.Equal(Row, row);
        Assert.Equal(1, sampler.Position);
    }

    [Fact]
    public void Greedy_has_no_random_number()
    {
        Explanation explanation = Explain.Row(Row, Rows.Sampler(new() { Temperature = 0 }, 5));

        Assert.True(explanation.Greedy);
        Assert.Null(explanation.U);
        Assert.Equal(1, explanation.SelectedToken);
        Assert.All(explanation.Tokens, token => Assert.Null(token.Low));
    }
}
