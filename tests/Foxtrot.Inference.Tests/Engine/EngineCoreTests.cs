using Foxtrot.Inference.Batching;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.Tests.TinyModels;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>The step by step behaviour of the engine on a tiny model.</summary>
public sealed class EngineCoreTests : IDisposable
{
    private const int Context = 100;

    private readonly TinyFolder _folder = new();
    private readonly LoadedModel _model;

    public EngineCoreTests() => _model = _folder.Load();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Greedy_tokens_of_the_tiny_model_are_these()
    {
        using var engine = NewEngine(1);
        var recorded = engine.RunAlone(NewRequest([1, 5, 9], 12) with { Sampling = SamplingParams.Default with { Temperature = 0 } });
        Assert.Equal([16, 12, 16, 27, 30, 29, 28, 27, 30, 29, 0, 20], recorded.Tokens);
    }

    [Fact]
    public void A_sequence_joins_and_leaves_while_others_go_on()
    {
        using var engine = NewEngine(4);
        var first = engine.Submit(NewRequest([1, 2, 3], 20));
        engine.Step();
        engine.Step();
        var second = engine.Submit(NewRequest([4, 5], 3));
        engine.Step();
        Assert.Equal(2, engine.Core.Running);
        Assert.Equal(3, first.Tokens.Length);
        Assert.Single(second.Tokens);
        engine.Step();
        engine.Step();
        Assert.Equal(FinishReason.Length, second.Finish);
        Assert.Equal(1, engine.Core.Running);
        Assert.Null(first.Finish);
    }

    [Fact]
    public void A_cancelled_sequence_takes_no_further_step()
    {
        using var engine = NewEngine(2);
        var kept = engine.Submit(NewRequest([1, 2, 3], 10));
        var cancelled = engine.Submit(NewRequest([4, 5, 6], 10));
        engine.Step();
        engine.Step();
        engine.Core.End(cancelled.Sequence, FinishReason.Cancelled);
        engine.Step();
        Assert.Equal(FinishReason.Cancelled, cancelled.Finish);
        Assert.Equal(2, cancelled.Tokens.Length);
        Assert.Equal(3, kept.Tokens.Length);
        Assert.Equal(1, engine.Core.Running);
    }

    [Fact]
    public void Sequences_without_a_slot_wait_in_order()
    {
        using var engine = NewEngine(1);
        var recorded = Enumerable.Range(0, 4).Select(i => engine.Submit(NewRequest([1, 2 + i], 2))).ToList();
        var finished = new List<Recorded>();
        while (engine.Step())
        {
            finished.AddRange(recorded.Where(r => r.Finish is not null && !finished.Contains(r)));
        }

        Assert.Equal(recorded, finished);
    }

    [Fact]
    public void A_conversation_that_is_rebuilt_while_others_finish_and_join_keeps_its_cache()
    {
        // In one step the first row ends, the second turns to its next prompt stretch, and two sequences wait for slots.
        var conversation = TokenLog.FromPrompt([1, 2]).Append(TokenSource.Generated, [9, 8]).Append(TokenSource.Prompt, [3, 4, 5]);
        GenerationRequest[] requests =
        [
            NewRequest([1, 2], 3),
            NewRequest([1], 10) with { Log = conversation },
            NewRequest([7, 8], 12),
            NewRequest([5, 6, 7], 6),
            NewRequest([6, 7], 6),
        ];
        using var engine = NewEngine(5);
        var recorded = requests[..3].Select(engine.Submit).ToList();
        engine.Step();
        engine.Step();
        recorded.AddRange(requests[3..].Select(engine.Submit));
        while (engine.Step())
        {
        }

        using var alone = NewEngine(1);
        for (var i = 0; i < requests.Length; i++)
        {
            var expected = alone.RunAlone(requests[i]);
            Assert.Equal(expected.Tokens, recorded[i].Tokens);
            Assert.Equal(expected.Logits, recorded[i].Logits);
        }
    }

    [Fact]
    public void The_end_of_the_context_ends_a_sequence()
    {
        using var engine = NewEngine(1);
        var recorded = engine.RunAlone(NewRequest([1, 2, 3], 500));
        Assert.Equal(FinishReason.Length, recorded.Finish);
        Assert.Equal(Context - 3, recorded.Tokens.Length);
    }

    [Fact]
    public void A_prompt_that_fills_the_context_but_one_gives_one_token()
    {
        using var engine = NewEngine(1);
        var recorded = engine.RunAlone(NewRequest([.. Enumerable.Range(0, Context - 1).Select(i => i % 32)], 500));
        Assert.Single(recorded.Tokens);
    }

    [Fact]
    public void A_request_whose_constraints_exclude_every_token_fails_alone()
    {
        using var engine = NewEngine(2);
        var impossible = engine.Submit(NewRequest([1, 2], 5) with
        {
            Sampling = SamplingParams.Default with { AllowedTokenIds = [7], BadWords = [[7]] },
        });
        var possible = engine.Submit(NewRequest([1, 2], 5));
        while (engine.Step())
        {
        }

        Assert.Equal(FinishReason.Failed, impossible.Finish);
        Assert.Contains("position 2", impossible.Sequence.Generation.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(5, possible.Tokens.Length);
    }

    [Fact]
    public void Replayed_tokens_are_marked_and_an_end_token_among_them_does_not_end_the_sequence()
    {
        using var engine = NewEngine(1);
        var log = TokenLog.FromPrompt([1, 2]).Append(TokenSource.Generated, [9, 2, 9]);
        var recorded = engine.RunAlone(NewRequest([1], 5) with { Log = log, EndTokens = [9] });
        Assert.Equal([9, 2, 9], recorded.Tokens);
        Assert.Equal(FinishReason.EndToken, recorded.Finish);
        Assert.True(recorded.Sequence.Generation[0].Replayed);
    }

    [Fact]
    public void A_monitor_ends_a_sequence_with_the_token_that_it_saw_last()
    {
        using var engine = NewEngine(1);
        var monitor = new CountingMonitor(3);
        var recorded = engine.RunAlone(NewRequest([1, 2], 50) with { Monitor = monitor });
        Assert.Equal(FinishReason.StopString, recorded.Finish);
        Assert.Equal(monitor.Seen, recorded.Tokens);
    }

    [Fact]
    public void Every_step_is_reported()
    {
        var observer = new RecordingObserver();
        using var engine = new EngineHarness(_model, new EngineOptions { Slots = 2, ContextLength = Context, PrefillChunk = 8, StepTokenBudget = 16 }, observer);
        engine.RunAlone(NewRequest([.. Enumerable.Range(0, 20)], 3));
        Assert.Equal(
            [
                new StepPlan(0, PrefillKind.Admit, 1, 16),
                new StepPlan(0, PrefillKind.Continue, 1, 4),
                new StepPlan(1, PrefillKind.None, 0, 0),
                new StepPlan(1, PrefillKind.None, 0, 0),
            ],
            observer.Reports.Select(r => r.Plan));
        Assert.Equal([0, 1, 1, 1], observer.Reports.Select(r => r.OutputTokens));
        Assert.Equal([16, 4, 0, 0], observer.Reports.Select(r => r.PromptTokens));
        Assert.Equal([1, 1, 1, 0], observer.Reports.Select(r => r.Running));
    }

    [Fact]
    public void A_step_that_only_decodes_allocates_no_managed_memory()
    {
        using var runner = ForwardRunner.Create(_model, 4, Context);
        using var sampler = new BatchSampler();
        var core = new EngineCore(runner, new EngineOptions { Slots = 4 }, sampler, TimeProvider.System, new EngineObserver());
        for (var i = 0; i < 4; i++)
        {
            var request = NewRequest([1, 2, 3 + i], 90) with { Sampling = SamplingParams.Default with { TopP = 0.9, MinP = 0.01, RepetitionPenalty = 1.1 } };
            core.Add(InferenceEngine.NewSequence(request, Context, _model.Graph.Vocabulary, 0, _ => { }));
        }

        for (var step = 0; step < 30; step++)
        {
            Assert.True(core.Step());
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < 50; step++)
        {
            core.Step();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4, core.Slots.DecodeRows);
        core.EndAll(FinishReason.Cancelled);
    }

    private static GenerationRequest NewRequest(int[] prompt, int maxTokens) =>
        new() { Log = TokenLog.FromPrompt(prompt), Seed = 7, MaxTokens = maxTokens };

    private EngineHarness NewEngine(int slots) => new(_model, new EngineOptions { Slots = slots, ContextLength = Context });

    private sealed class CountingMonitor(int stopAfter) : ITokenMonitor
    {
        public List<int> Seen { get; } = [];

        public bool Observe(int token)
        {
            Seen.Add(token);
            return Seen.Count == stopAfter;
        }
    }

    private sealed class RecordingObserver : EngineObserver
    {
        public List<StepReport> Reports { get; } = [];

        public override void OnStep(in StepReport report) => Reports.Add(report);
    }
}
