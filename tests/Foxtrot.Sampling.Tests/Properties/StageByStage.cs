using Foxtrot.Sampling.Tests.Oracle;

namespace Foxtrot.Sampling.Tests.Properties;

/// <summary>Follows the library from stage to stage: each is given what the library left, and must do what its definition says.</summary>
/// <remarks>
/// A token at the very border of a stage may go either way; the comparison then goes on with the library's decision, so that
/// every later stage is still checked in full.
/// </remarks>
internal static class StageByStage
{
    public static void Check(Scenario scenario, StageTally tally)
    {
        var logits = scenario.Row.Logits();
        var explanation = Explain.Row(logits, scenario.Sampler(), top: logits.Length);
        var tokens = explanation.Tokens.OrderBy(t => t.Id).ToArray();
        Assert.Equal(logits.Length, tokens.Length);

        var tolerance = new OracleTolerance();
        var row = OracleRow.From(logits);
        var context = scenario.Context();
        var at = 0;
        foreach (var stage in OracleChain.Order(scenario.Parameters))
        {
            var outcome = OracleStages.Apply(stage, row, context, tolerance);
            if (at == explanation.Stages.Count || explanation.Stages[at].Stage != stage)
            {
                Assert.True(outcome.IsDecided && outcome.Row.Logits.AsSpan().SequenceEqual(row.Logits), $"{stage} should have run, but did not");
                continue;
            }

            tally.Add(stage, outcome.IsDecided, changed: !outcome.Row.Logits.AsSpan().SequenceEqual(row.Logits));
            var candidates = row.Possible().Length;
            row = Follow(stage, row, outcome, tokens);
            AssertProbabilities(stage, at, row, tokens, tolerance);
            Assert.Equal(row.Possible().Length, explanation.Stages[at].Candidates);
            Assert.Equal(candidates - row.Possible().Length, explanation.Stages[at].Removed);
            at++;
        }

        Assert.Equal(explanation.Stages.Count, at);
    }

    /// <summary>The row after the stage with the library's survivors, which must lie between those that must and those that may survive.</summary>
    private static OracleRow Follow(SamplerStage stage, OracleRow before, OracleOutcome outcome, ExplainedToken[] tokens)
    {
        var after = new double[before.Vocabulary];
        for (var token = 0; token < after.Length; token++)
        {
            var survives = before.IsPossible(token) && tokens[token].RemovedBy != stage;
            if (survives ? !outcome.MaySurvive[token] : outcome.MustSurvive[token])
            {
                Assert.Fail($"{stage} {(survives ? $"kept token {token}, which it must remove" : $"removed token {token}, which it must keep")}");
            }

            after[token] = !survives ? double.NegativeInfinity
                : outcome.Row.IsPossible(token) ? outcome.Row.Logits[token] : before.Logits[token];
        }

        return new OracleRow(after);
    }

    private static void AssertProbabilities(SamplerStage stage, int at, OracleRow row, ExplainedToken[] tokens, OracleTolerance tolerance)
    {
        var expected = row.Probabilities();
        var relative = 8 * tolerance.Logit(row);
        for (var token = 0; token < expected.Length; token++)
        {
            var actual = tokens[token].ProbabilityAfterStage[at];
            if (Math.Abs(actual - expected[token]) > (relative * expected[token]) + 1e-12)
            {
                Assert.Fail($"after {stage} token {token} has probability {actual:R}, but its definition gives {expected[token]:R}");
            }
        }
    }
}
