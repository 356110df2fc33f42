using Foxtrot.Inference.Engine;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>Runs random schedules and compares every sequence with the same request alone, bit for bit.</summary>
internal static class ScheduleRun
{
    /// <summary>Runs schedules with consecutive seeds.</summary>
    /// <param name="seed">Seed of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="modelOf">The model that a schedule runs on.</param>
    /// <param name="aloneModel">The model that gives the expected bits.</param>
    public static void All(int seed, int count, Func<int, LoadedModel> modelOf, LoadedModel aloneModel)
    {
        using var alone = new EngineHarness(aloneModel, new EngineOptions { Slots = 1, ContextLength = RandomSchedule.LongestContext });
        for (var index = 0; index < count; index++)
        {
            try
            {
                One(new RandomSchedule(seed + index, aloneModel.Graph.Vocabulary), modelOf(index), alone);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"schedule seed {seed + index}: {error.Message}", error);
            }
        }
    }

    private static void One(RandomSchedule schedule, LoadedModel model, EngineHarness alone)
    {
        using var engine = new EngineHarness(model, schedule.Options);
        var running = new List<(RandomSchedule.Arrival Arrival, Recorded Recorded)>();
        var last = schedule.Arrivals.Max(a => a.Step + (a.CancelAfter ?? 0));
        for (var step = 0; engine.Step() || step <= last; step++)
        {
            foreach (var arrival in schedule.Arrivals.Where(a => a.Step == step))
            {
                running.Add((arrival, engine.Submit(arrival.Request)));
            }

            foreach (var (arrival, part) in running.Where(r => r.Arrival.Step + r.Arrival.CancelAfter == step).ToList())
            {
                engine.Core.End(part.Sequence, FinishReason.Cancelled);
                if (arrival.Resume && part.Finish == FinishReason.Cancelled)
                {
                    // What was delivered is replayed, in the batch that happens to be running.
                    var log = arrival.Request.Log.Append(TokenSource.Generated, part.Tokens);
                    running.Add((arrival with { CancelAfter = null }, engine.Submit(arrival.Request with { Log = log })));
                }
            }
        }

        foreach (var (arrival, recorded) in running)
        {
            var room = schedule.Options.ContextLength - arrival.Request.Log.Count;
            AssertSame(alone.RunAlone(arrival.Request with { MaxTokens = Math.Min(arrival.Request.MaxTokens, room) }), recorded);
        }
    }

    // A cancelled sequence has a prefix; any other has everything.
    private static void AssertSame(Recorded expected, Recorded actual)
    {
        var count = actual.Tokens.Length;
        if (actual.Finish == FinishReason.Cancelled)
        {
            Assert.InRange(count, 0, expected.Tokens.Length);
        }
        else
        {
            Assert.Equal(expected.Finish, actual.Finish);
            Assert.Equal(expected.Tokens.Length, count);
        }

        var log = actual.Sequence.Log;
        var differs = expected.Logits.Zip(actual.Logits).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.True(differs == count, $"logits of output token {differs} of {count} differ: log of {log.Count} tokens, turn from {log.TurnStart}, prompt run {log.PromptRunFrom(0)}");
        Assert.Equal(expected.Tokens[..count], actual.Tokens);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(expected.Sequence.Generation[i].LogProbability, actual.Sequence.Generation[i].LogProbability);
        }
    }
}
