using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Tests.TinyModels;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>The engine on its own thread.</summary>
public sealed class InferenceEngineTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TinyFolder _folder = new();
    private readonly LoadedModel _model;

    public InferenceEngineTests() => _model = _folder.Load();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Tokens_can_be_read_as_they_come_and_again_from_any_index()
    {
        await using var engine = NewEngine(2);
        var generation = engine.Submit(NewRequest(1, 40));
        var all = await ReadAsync(generation, 0);
        Assert.Equal(generation.TokenIds(), all);
        Assert.Equal(40, all.Count);
        Assert.Equal(all[25..], await ReadAsync(generation, 25));
        Assert.Empty(await ReadAsync(generation, 40));
    }

    [Fact]
    public async Task More_requests_than_slots_all_finish_with_the_text_of_their_seed()
    {
        await using var engine = NewEngine(3);
        var generations = Enumerable.Range(0, 20).Select(i => engine.Submit(NewRequest((ulong)(i % 5), 10))).ToList();
        await Task.WhenAll(generations.Select(g => g.Completion)).WaitAsync(Deadline, TestContext.Current.CancellationToken);
        foreach (var group in generations.GroupBy(g => g.Request.Seed))
        {
            Assert.All(group, g => Assert.Equal(group.First().TokenIds(), g.TokenIds()));
        }

        Assert.NotEqual(generations[0].TokenIds(), generations[1].TokenIds());
    }

    [Fact]
    public async Task Cancelling_ends_a_generation_and_frees_its_slot()
    {
        await using var engine = NewEngine(1);
        var endless = engine.Submit(NewRequest(1, 10_000));
        var waiting = engine.Submit(NewRequest(2, 3));
        endless.Cancel();
        await waiting.Completion.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(3, waiting.Count);
        Assert.Contains(endless.FinishReason, new FinishReason?[] { FinishReason.Cancelled, FinishReason.Length });
    }

    [Fact]
    public async Task A_reader_that_gives_up_leaves_the_generation_alone()
    {
        await using var engine = NewEngine(1);
        var generation = engine.Submit(NewRequest(1, 50));
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var unused in generation.ReadAsync(49, given.Token))
            {
            }
        });
        await generation.Completion.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(50, generation.Count);
    }

    [Fact]
    public async Task Stopping_the_engine_cancels_what_runs_and_what_waits()
    {
        var engine = NewEngine(1);
        var generations = Enumerable.Range(0, 5).Select(i => engine.Submit(NewRequest((ulong)i, 100) with { EndTokens = [] })).ToList();
        await engine.DisposeAsync();
        Assert.All(generations, g => Assert.NotNull(g.FinishReason));
        Assert.Throws<ObjectDisposedException>(() => engine.Submit(NewRequest(1, 1)));
    }

    [Fact]
    public async Task An_invalid_request_is_refused_with_all_its_errors()
    {
        await using var engine = NewEngine(1);
        var error = Assert.Throws<ArgumentException>(() => engine.Submit(new GenerationRequest
        {
            Log = TokenLog.FromPrompt([1, 99]),
            Seed = 1,
            MaxTokens = 0,
            Sampling = SamplingParams.Default with { TopP = 1.5 },
        }));
        Assert.Contains("top_p must be in (0, 1], but is 1.5", error.Message, StringComparison.Ordinal);
        Assert.Contains("max_tokens must be at least 1, but is 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("number 1 is 99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_options_are_refused_with_field_bound_and_value()
    {
        var error = Assert.Throws<ArgumentException>(() => new InferenceEngine(_model, new EngineOptions { Slots = 0, PrefillChunk = 1 }));
        Assert.Contains("Slots must be between 1 and 4096. The value is 0.", error.Message, StringComparison.Ordinal);
        Assert.Contains("PrefillChunk must be between 2 and 65536. The value is 1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_probabilities_are_recorded_when_asked_for()
    {
        await using var engine = NewEngine(1);
        var generation = engine.Submit(NewRequest(3, 5) with { LogProbabilities = 2 });
        await generation.Completion.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        for (var i = 0; i < generation.Count; i++)
        {
            var token = generation[i];
            Assert.Equal(2, token.Top!.Length);
            Assert.InRange(token.LogProbability, double.NegativeInfinity, token.Top[0].LogProbability);
            Assert.True(token.Top[0].LogProbability >= token.Top[1].LogProbability);
        }
    }

    [Fact]
    public void The_same_model_has_the_same_fingerprint_and_another_model_another()
    {
        var first = WorkerFingerprint.Compute(_model);
        Assert.True(first.IsExact, first.Inexact);
        Assert.Matches("^[0-9a-f]{16}$", first.Hash);
        Assert.Equal(first, WorkerFingerprint.Compute(_model));
        using var folder = new TinyFolder(new TinyModelSpec { Seed = 2 });
        using var other = folder.Load();
        Assert.NotEqual(first.Hash, WorkerFingerprint.Compute(other).Hash);
    }

    private static GenerationRequest NewRequest(ulong seed, int maxTokens) =>
        new() { Log = TokenLog.FromPrompt([1, 5, 9]), Seed = seed, MaxTokens = maxTokens };

    private static async Task<List<int>> ReadAsync(Generation generation, int from)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var tokens = new List<int>();
        await foreach (var token in generation.ReadAsync(from, deadline.Token))
        {
            tokens.Add(token.Id);
        }

        return tokens;
    }

    private InferenceEngine NewEngine(int slots) => new(_model, new EngineOptions { Slots = slots });
}
