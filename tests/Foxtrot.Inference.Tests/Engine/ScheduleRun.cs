using Foxtrot.Inference.Batching;
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
    /// <param name="crowded">Whether tenants preempt each other.</param>
    /// <param name="disturbed">Whether another thread stops passes all the time.</param>
    /// <returns>How often sequences were preempted and passes stopped.</returns>
    public static (int Preemptions, int Stops) All(
        int seed, int count, Func<int, LoadedModel> modelOf, LoadedModel aloneModel, bool crowded = false, bool disturbed = false)
    {
        var events = new EventCount();
        using var alone = new EngineHarness(aloneModel, new EngineOptions { Slots = 1, ContextLength = RandomSchedule.LongestContext });
        for (var index = 0; index < count; index++)
        {
            try
            {
                One(new RandomSchedule(seed + index, aloneModel.Graph.Vocabulary, crowded), modelOf(index), alone, events, disturbed);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"schedule seed {seed + index}: {error.Message}", error);
            }
        }

        return (events.Preemptions, events.Stops);
    }

    private static void One(RandomSchedule schedule, LoadedModel model, EngineHarness alone, EventCount events, bool disturbed)
    {
        // Everything may be lost, and a pass that is nearly done, too.
        using var engine = new EngineHarness(
            model, schedule.Options, events, disturbed ? new InterruptionBudget(1, long.MaxValue / 2, long.MinValue / 2) : null);
        using var disturber = disturbed ? new Disturber(engine.Core.Interruptions) : null;
        var running = new List<(RandomSchedule.Arrival Arrival, Recorded Recorded)>();
        var last = schedule.Arrivals.Max(a => a.Step + (a.CancelAfter ?? 0));
        for (var step = 0; engine.Step() || step <= last; step++)
        {
            foreach (var arrival in schedule.Arrivals.Where(a => a.Step == step))
            {
                running.Add((arrival, engine.Submit(Watched(arrival))));
            }

            foreach (var (arrival, part) in running.Where(r => r.Arrival.Step + r.Arrival.CancelAfter == step).ToList())
            {
                engine.Core.End(part.Sequence, FinishReason.Cancelled);
                if (arrival.Resume && part.Finish == FinishReason.Cancelled)
                {
                    // What was delivered is replayed, in the batch that happens to be running.
                    var log = arrival.Request.Log;
                    var known = Math.Min(log.Count - log.TurnStart, part.Tokens.Length);
                    log = log.Append(TokenSource.Generated, part.Tokens.AsSpan(known));
                    running.Add((arrival with { CancelAfter = null }, engine.Submit(Watched(arrival) with { Log = log })));
                }
            }
        }

        foreach (var (arrival, recorded) in running)
        {
            var room = schedule.Options.ContextLength - arrival.Request.Log.TurnStart;
            AssertSame(alone.RunAlone(Watched(arrival) with { MaxTokens = Math.Min(arrival.Request.MaxTokens, room) }), recorded);
        }

        Assert.Equal(events.Rebuilt > 0, events.Preemptions > 0);
    }

    private static GenerationRequest Watched(RandomSchedule.Arrival arrival) =>
        arrival.StopAfter > 0 ? arrival.Request with { Monitor = new StopMonitor(arrival.StopAfter) } : arrival.Request;

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
            Assert.Equal(expected.Sequence.Generation[i].Draw, actual.Sequence.Generation[i].Draw);
            Assert.Equal(expected.Sequence.Generation[i].Top, actual.Sequence.Generation[i].Top);
        }

        if (actual.Sequence.Generation.Request.Monitor is StopMonitor monitor)
        {
            Assert.Equal(actual.Tokens, monitor.Seen);
        }
    }

    private sealed class EventCount : EngineObserver
    {
        public int Preemptions { get; private set; }

        public int Stops { get; private set; }

        public int Rebuilt { get; private set; }

        public override void OnStep(in StepReport report)
        {
            Preemptions += report.Plan.Preemptions;
            Stops += report.LostTime > 0 ? 1 : 0;
            Rebuilt += report.RebuiltTokens;
        }
    }

    // Asks at random times, as newcomers do.
    private sealed class Disturber : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _isDone;

        public Disturber(Interruptions interruptions)
        {
            _thread = new Thread(() =>
            {
                var random = new Random(1);
                while (!_isDone)
                {
                    interruptions.Ask();
                    Thread.SpinWait(random.Next(3000));
                }
            });
            _thread.Start();
        }

        public void Dispose()
        {
            _isDone = true;
            _thread.Join();
        }
    }

    private sealed class StopMonitor(int stopAfter) : ITokenMonitor
    {
        public List<int> Seen { get; } = [];

        public bool Observe(int token)
        {
            Seen.Add(token);
            return Seen.Count == stopAfter;
        }
    }
}
