using Foxtrot.Inference.Engine;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.Tests.TinyModels;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>Tenants that compete for the slots of an engine with a tiny model.</summary>
public sealed class PreemptionTests : IDisposable
{
    private const int Context = 100;

    private readonly TinyFolder _folder = new();
    private readonly LoadedModel _model;
    private readonly Reports _reports = new();

    public PreemptionTests() => _model = _folder.Load();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_tenant_without_a_slot_gets_one_at_once_and_the_other_ones_text_goes_on_unchanged()
    {
        using var engine = NewEngine(2);
        var first = engine.Submit(NewRequest("greedy", [1, 2, 3], 40));
        var second = engine.Submit(NewRequest("greedy", [4, 5], 40));
        Step(engine, 10);
        var light = engine.Submit(NewRequest("light", [6, 7], 3));
        engine.Step();
        Assert.Equal(1, _reports.All[^1].Plan.Preemptions);
        Assert.Single(light.Tokens);
        Assert.Equal((11, 10), (first.Tokens.Length, second.Tokens.Length));
        while (engine.Step())
        {
        }

        // What the cache had held of the cheaper of the two: its prompt of 2 and 9 of its 10 tokens.
        Assert.Equal(2 + 9, _reports.All.Sum(r => r.RebuiltTokens));
        Assert.Equal(1, _reports.All.Sum(r => r.Plan.Preemptions));
        Assert.Equal(83, _reports.All.Sum(r => r.OutputTokens));
        using var alone = NewEngine(1);
        foreach (var recorded in (Recorded[])[first, second, light])
        {
            Assert.Equal(alone.RunAlone(recorded.Sequence.Generation.Request).Tokens, recorded.Tokens);
        }
    }

    [Fact]
    public void A_preempted_sequence_can_be_cancelled_and_keeps_its_tokens()
    {
        using var engine = NewEngine(2);
        Recorded[] greedy = [engine.Submit(NewRequest("greedy", [1, 2, 3], 40)), engine.Submit(NewRequest("greedy", [4, 5], 40))];
        Step(engine, 10);
        engine.Submit(NewRequest("light", [6, 7], 30));
        engine.Step();
        var preempted = Assert.Single(greedy, g => g.Sequence.Slot < 0);
        engine.Core.End(preempted.Sequence, FinishReason.Cancelled);
        while (engine.Step())
        {
        }

        Assert.Equal(FinishReason.Cancelled, preempted.Finish);
        Assert.Equal(10, preempted.Tokens.Length);
        Assert.Equal(0, _reports.All.Sum(r => r.RebuiltTokens));
        Assert.Empty(engine.Core.Tenants.Active);
    }

    [Fact]
    public void A_tenant_is_charged_for_its_prompt_and_its_tokens_once_however_often_they_are_rebuilt()
    {
        using var engine = NewEngine(2);
        for (var i = 0; i < 6; i++)
        {
            engine.Submit(NewRequest(i % 2 == 0 ? "a" : "b", [1, 2, 3, i], 30) with { Weight = i % 2 == 0 ? 1 : 2 });
            Step(engine, 7);
        }

        while (engine.Step())
        {
        }

        Assert.True(_reports.All.Sum(r => r.Plan.Preemptions) > 0);
        const int service = 3 * (4 + (2 * 30));
        Assert.Equal(
            [("a", service, service, 0, 0), ("b", service, service / 2, 0, 0)],
            engine.Core.Tenants.Read().OrderBy(t => t.Tenant).Select(t => (t.Tenant, (int)t.Service, (int)t.Weighted, t.Running, t.Waiting)));
    }

    [Fact]
    public void What_ran_elsewhere_before_is_not_charged_again_and_what_is_replayed_at_will_is()
    {
        using var engine = NewEngine(1);
        var log = TokenLog.FromPrompt([1, 2]).Append(TokenSource.Generated, [9, 8, 7]);
        engine.RunAlone(NewRequest("resumed", [1], 5) with { Log = log, Resumed = true });
        engine.RunAlone(NewRequest("replayed", [1], 5) with { Log = log });
        Assert.Equal([("replayed", 2 + (2 * 5)), ("resumed", 2 * 2)], engine.Core.Tenants.Read().OrderBy(t => t.Tenant).Select(t => (t.Tenant, (int)t.Service)));
    }

    [Fact]
    public void Higher_priority_goes_first_within_a_tenant()
    {
        using var engine = NewEngine(1);
        engine.Submit(NewRequest("t", [1], 3));
        var low = engine.Submit(NewRequest("t", [2], 3));
        var high = engine.Submit(NewRequest("t", [3], 3) with { Priority = 1 });
        while (high.Finish is null)
        {
            Assert.True(engine.Step());
        }

        Assert.Empty(low.Tokens);
    }

    [Fact]
    public void A_step_that_decodes_while_tenants_wait_allocates_no_managed_memory()
    {
        using var runner = ForwardRunner.Create(_model, 4, Context);
        using var sampler = new BatchSampler();
        var core = new EngineCore(runner, new EngineOptions { Slots = 4, ContextLength = Context }, sampler, TimeProvider.System, new EngineObserver());
        for (var i = 0; i < 24; i++)
        {
            core.Add(InferenceEngine.NewSequence(NewRequest($"tenant {i % 4}", [1, 2, 3 + i], 90), Context, _model.Graph.Vocabulary, 0, _ => { }));
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
        Assert.Equal((4, 20), (core.Running, core.Tenants.Waiting));
        core.EndAll(FinishReason.Cancelled);
        Assert.Equal((0, 0), (core.Running, core.Tenants.Waiting));
    }

    [Fact]
    public async Task What_tenants_have_got_can_be_read_while_the_engine_runs()
    {
        await using var engine = new InferenceEngine(_model, new EngineOptions { Slots = 2 });
        Assert.Equal(TimeSpan.Zero, engine.MeanHold);
        Assert.Null(engine.TenantOf("t"));
        engine.AddService("t", 50);
        var generation = engine.Submit(NewRequest("t", [1, 2, 3], 20));
        await generation.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var service = Assert.Single(engine.Tenants);
        Assert.Equal(("t", 3 + (2 * 20), 43.0), (service.Tenant, (int)service.Service, service.Weighted));
        Assert.Equal(service with { LastActive = 0 }, engine.TenantOf("t")!.Value with { LastActive = 0 });
        Assert.True(engine.MeanHold > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    [InlineData(double.NaN)]
    public void A_weight_out_of_bounds_is_refused(double weight)
    {
        var error = Assert.Single((NewRequest("t", [1], 1) with { Weight = weight }).Validate(32, Context));
        Assert.StartsWith("weight must be in [0.01, 1000], but is ", error.Message, StringComparison.Ordinal);
    }

    private static GenerationRequest NewRequest(string tenant, int[] prompt, int maxTokens) =>
        new() { Log = TokenLog.FromPrompt(prompt), Seed = 7, MaxTokens = maxTokens, Tenant = tenant };

    private static void Step(EngineHarness engine, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            engine.Step();
        }
    }

    private EngineHarness NewEngine(int slots) =>
        new(_model, new EngineOptions { Slots = slots, ContextLength = Context, PreemptionLead = 10, PreemptionQuantum = 2 }, _reports);

    private sealed class Reports : EngineObserver
    {
        public List<StepReport> All { get; } = [];

        public override void OnStep(in StepReport report) => All.Add(report);
    }
}
