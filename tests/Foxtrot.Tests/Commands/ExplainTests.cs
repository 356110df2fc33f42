namespace Foxtrot.Tests.Commands;

/// <summary><c>foxtrot explain</c> on the bundled model.</summary>
public sealed class ExplainTests
{
    private static readonly string[] Story = ["explain", "Once upon a time", "--seed", "7", "--at", "6"];

    [Fact]
    public async Task The_explained_token_is_the_one_that_generate_gives()
    {
        var explanation = (await CommandRun.Of([.. Story, "--json"])).Json;
        var tokens = (await CommandRun.Of("generate", "Once upon a time", "--seed", "7", "--max-tokens", "7", "--json")).Json.GetProperty("choices")[0].GetProperty("tokens");
        Assert.Equal(tokens[6].GetInt32(), explanation.GetProperty("selected").GetInt32());
        GenerateTests.AssertDrawnInsideItsInterval(explanation);
    }

    [Fact]
    public async Task Every_active_stage_has_a_column_and_every_candidate_an_outcome()
    {
        var run = await CommandRun.Of([.. Story, "--top", "4", "--top-k", "2", "--top-p", "1", "--temperature", "0.9"]);
        Assert.Equal(0, run.ExitCode);
        var lines = run.Output.Split('\n');
        Assert.Matches(@"^position 11, seed 7, choice 0: u = 0\.\d{6} -> "".*""$", lines[0].TrimEnd('\r'));
        Assert.Contains("temperature 0.9", run.Output, StringComparison.Ordinal);
        Assert.Contains("top_k 2", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("top_p", run.Output, StringComparison.Ordinal);
        Assert.Single(lines, l => l.Contains("selected", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count(l => l.Contains("removed by top_k", StringComparison.Ordinal)));
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task Probabilities_of_all_candidates_add_up_to_one_after_every_stage()
    {
        var json = (await CommandRun.Of([.. Story, "--json", "--top", "1000", "--top-k", "500", "--min-p", "0.001"])).Json;
        var stages = json.GetProperty("stages").GetArrayLength();
        Assert.True(stages >= 3);
        for (var stage = 1; stage < stages; stage++)
        {
            var mass = json.GetProperty("tokens").EnumerateArray().Sum(t => t.GetProperty("probability_after_stage")[stage].GetDouble());
            Assert.Equal(1, mass, 1e-6);
        }
    }

    [Fact]
    public async Task Greedy_and_gumbel_draws_are_explained_too()
    {
        Assert.Contains(": greedy -> ", (await CommandRun.Of([.. Story, "--temperature", "0"])).Output, StringComparison.Ordinal);
        var gumbel = (await CommandRun.Of([.. Story, "--draw", "gumbel", "--json"])).Json;
        var best = gumbel.GetProperty("tokens").EnumerateArray().Where(t => t.GetProperty("gumbel_score").ValueKind == System.Text.Json.JsonValueKind.Number)
            .MaxBy(t => t.GetProperty("gumbel_score").GetDouble());
        Assert.True(best.GetProperty("selected").GetBoolean());
    }
}
