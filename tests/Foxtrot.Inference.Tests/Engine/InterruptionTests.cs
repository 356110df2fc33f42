using Foxtrot.Inference.Batching;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.Tests.TinyModels;
using Foxtrot.Model;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>A tenant that comes back from idle does not wait for everybody's next tokens, and nobody's text changes.</summary>
public sealed class InterruptionTests
{
    // Long, so that a slow machine does not come near its end by accident.
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_first_token_of_a_newcomer_does_not_wait_for_the_pass_under_way()
    {
        var token = TestContext.Current.CancellationToken;
        var stops = new StopCount();
        using var model = LoadedModel.Load(
            ModelFolder.Open(BundledModel.Folder), Device.Cpu, new ModelLoadOptions { IntraOpThreads = 1, SyntheticStep = Step });
        await using var engine = new InferenceEngine(model, new EngineOptions { Slots = 2, ContextLength = 64, InterruptionShare = 0.5 }, stops);
        var busy = engine.Submit(Request("busy", 60));

        // The first token comes with the prompt; after the second one it is known how long a pass takes.
        Assert.True(await busy.WaitAsync(1, token).AsTask().WaitAsync(Deadline, token));
        for (var attempt = 0; stops.Count == 0; attempt++)
        {
            // A newcomer may come between two passes; sooner or later one comes while a pass is under way.
            var before = busy.Count;
            var newcomer = engine.Submit(Request($"newcomer {attempt}", 1));
            await newcomer.Completion.WaitAsync(Deadline, token);
            Assert.Equal(before, busy.Count);
            Assert.True(await busy.WaitAsync(before, token).AsTask().WaitAsync(Deadline, token));
        }

        busy.Cancel();
    }

    [Theory]
    [InlineData(CacheLayout.SharedBuffer)]
    [InlineData(CacheLayout.Concatenated)]
    public void Stopping_passes_at_any_time_changes_nothing_of_any_sequence(CacheLayout layout)
    {
        using var folder = new TinyFolder(new TinyModelSpec { Layout = layout });
        using var model = folder.Load();
        Assert.True(ScheduleRun.All(seed: 1, count: 100, _ => model, model, disturbed: true).Stops > 0, "no pass was stopped");
        Assert.True(ScheduleRun.All(seed: 1, count: 50, _ => model, model, crowded: true, disturbed: true).Stops > 0, "no pass was stopped");
    }

    [Fact]
    public void After_a_stop_every_pass_runs_to_its_end_until_those_who_generate_have_got_a_token()
    {
        using var folder = new TinyFolder();
        using var model = folder.Load();
        using var runner = ForwardRunner.Create(model, 1, 8);
        var interruptions = new Interruptions(runner, new InterruptionBudget(0, 0, 0), TimeProvider.System);
        interruptions.Ask();
        Assert.False(interruptions.TryBegin(isDecode: true, 1));
        interruptions.Restart();
        interruptions.Ask();
        Assert.True(interruptions.TryBegin(isDecode: false, 4));
        interruptions.End(isDone: true);
        Assert.True(interruptions.TryBegin(isDecode: true, 1));
        interruptions.End(isDone: true);
        Assert.False(interruptions.TryBegin(isDecode: false, 4));
    }

    [Fact]
    public void Who_asked_before_the_plan_was_made_stops_nothing()
    {
        using var folder = new TinyFolder();
        using var model = folder.Load();
        using var runner = ForwardRunner.Create(model, 1, 8);
        var interruptions = new Interruptions(runner, new InterruptionBudget(0, 0, 0), TimeProvider.System);
        interruptions.Ask();
        interruptions.Restart();
        Assert.True(interruptions.TryBegin(isDecode: true, 1));
    }

    private static GenerationRequest Request(string tenant, int tokens) =>
        new() { Log = TokenLog.FromPrompt([700, 701]), Seed = 1, MaxTokens = tokens, Tenant = tenant };

    private sealed class StopCount : EngineObserver
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override void OnStep(in StepReport report) => Volatile.Write(ref _count, _count + (report.LostTime > 0 ? 1 : 0));
    }
}
