using System.Globalization;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Models;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>
/// The product's promise on the bundled model. FOXTROT_SCHEDULES and FOXTROT_SCHEDULE_SEED run more, or other, schedules.
/// </summary>
public sealed class DeterminismTests(BundledModels models) : IClassFixture<BundledModels>
{
    private static readonly int Schedules = Setting("FOXTROT_SCHEDULES", 200);
    private static readonly int Seed = Setting("FOXTROT_SCHEDULE_SEED", 20261123);

    [Fact]
    public void In_any_batch_every_sequence_has_the_tokens_and_logits_that_it_has_alone() =>
        Run(Schedules, index => index % 4 == 3 ? models.SharedBufferTwoThreads : models.SharedBuffer, models.SharedBuffer);

    [Fact]
    public void The_same_holds_for_models_that_concatenate_past_and_present() =>
        Run(Schedules / 5, _ => models.Concatenated, models.Concatenated);

    private static void Run(int schedules, Func<int, LoadedModel> modelOf, LoadedModel aloneModel)
    {
        using var alone = new EngineHarness(aloneModel, new EngineOptions { Slots = 1, ContextLength = 160 });
        for (var index = 0; index < schedules; index++)
        {
            try
            {
                RunSchedule(new RandomSchedule(Seed + index, aloneModel.Graph.Vocabulary), modelOf(index), alone);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"schedule seed {Seed + index}: {error.Message}", error);
            }
        }
    }

    private static void RunSchedule(RandomSchedule schedule, LoadedModel model, EngineHarness alone)
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

        Assert.Equal(expected.Tokens[..count], actual.Tokens);
        Assert.Equal(expected.Logits[..count], actual.Logits);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(expected.Sequence.Generation[i].LogProbability, actual.Sequence.Generation[i].LogProbability);
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
