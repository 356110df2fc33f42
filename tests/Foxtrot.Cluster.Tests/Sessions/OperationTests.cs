using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Foxtrot.Contracts.Workers;
using Foxtrot.Model;

namespace Foxtrot.Cluster.Tests.Sessions;

public sealed class OperationTests(OperationTests.SharedCluster shared) : IClassFixture<OperationTests.SharedCluster>
{
    private ModelCluster Cluster => shared.Cluster;

    private static SessionRequest Story(ulong seed, int tokens = 40, SamplingSettings? sampling = null) => new()
    {
        Prompt = new Prompt { Text = "Once upon a time" },
        Seed = seed,
        MaxTokens = tokens,
        IgnoreEndTokens = true,
        Sampling = sampling ?? SamplingSettings.Default,
    };

    [Fact]
    public async Task A_session_that_goes_on_says_what_a_longer_one_would_have_said()
    {
        var (_, whole) = await FinishedAsync(Story(seed: 11, tokens: 60));
        var (key, _) = await FinishedAsync(Story(seed: 11, tokens: 25));
        Value(await Cluster.Session(key).Extend(new ContinueRequest { MaxTokens = 35 }));
        await ReadAsync(key);
        var view = Value(await Cluster.Session(key).View());
        Assert.Equal(whole.Tokens, view.Tokens);
        Assert.Equal(whole.Text, view.Text);
        Assert.Equal(60, view.Usage.CompletionTokens);
    }

    [Fact]
    public async Task New_text_is_read_before_a_session_goes_on()
    {
        var (key, first) = await FinishedAsync(Story(seed: 12, tokens: 20));
        var view = Value(await Cluster.Session(key).Extend(new ContinueRequest { MaxTokens = 20, Prompt = new Prompt { Text = " Suddenly, a dragon" } }));
        Assert.True(view.Usage.PromptTokens > first.Usage.PromptTokens);
        var reading = await Reading.AllAsync(Cluster.Streams.Tail(key, 0));
        Assert.Equal(first.Tokens, reading.Tokens[..20]);
        Assert.Equal(40, reading.Tokens.Length);

        // A second time from storage and replay alone.
        var again = await Reading.AllAsync(Cluster.Streams.Tail(key, 10));
        Assert.Equal(reading.Tokens[10..], again.Tokens);
        Assert.Equal(reading.Probabilities[10..], again.Probabilities);
    }

    [Fact]
    public async Task A_fork_shares_its_beginning_and_differs_by_its_seed_alone()
    {
        var (key, parent) = await FinishedAsync(Story(seed: 13));
        var same = await ForkAsync(key, new ForkRequest { Session = "", At = 17 });
        Assert.Equal(parent.Tokens, same.Tokens);
        var other = await ForkAsync(key, new ForkRequest { Session = "", At = 17, Seed = 99 });
        Assert.Equal(parent.Tokens[..17], other.Tokens[..17]);
        Assert.NotEqual(parent.Tokens, other.Tokens);
        Assert.Equal(new Lineage(key.Session.ToString(), 17), other.Lineage);
        Assert.Equal(99UL, other.Seed);
        var forced = await ForkAsync(key, new ForkRequest { Session = "", At = 17, Token = parent.Tokens[0] });
        Assert.Equal([.. parent.Tokens[..17], parent.Tokens[0]], forced.Tokens[..18]);
        var cold = await ForkAsync(key, new ForkRequest { Session = "", At = 0, Sampling = new SamplingSettings { Temperature = 0 } });
        var (_, greedy) = await FinishedAsync(Story(seed: 1, sampling: new SamplingSettings { Temperature = 0 }));
        Assert.Equal(greedy.Tokens, cold.Tokens);
        Assert.Equal(parent.Tokens, Value(await Cluster.Session(key).View()).Tokens);
    }

    [Fact]
    public async Task A_rewound_session_says_the_same_again()
    {
        var (key, before) = await FinishedAsync(Story(seed: 14));
        var rewound = Value(await Cluster.Session(key).Rewind(9));
        Assert.Equal(before.Tokens[..9], rewound.Tokens);
        Value(await Cluster.Session(key).Extend(new ContinueRequest { MaxTokens = 31 }));
        await ReadAsync(key);
        var after = Value(await Cluster.Session(key).View());
        Assert.Equal(before.Tokens, after.Tokens);
        Assert.Equal(before.Text, after.Text);
        Assert.Equal(40 + 31, after.Usage.CompletionTokens);
    }

    [Fact]
    public async Task Every_token_can_be_explained_and_the_explanation_selects_it()
    {
        var sampling = new SamplingSettings { Temperature = 0.9, TopP = 0.9, FrequencyPenalty = 0.4, TopK = 50 };
        var (key, view) = await FinishedAsync(Story(seed: 15, tokens: 24, sampling));
        var reading = await ReadAsync(key);
        for (var at = 0; at < view.Tokens.Length; at += 5)
        {
            var explanation = (await Cluster.Session(key).Explain(at, 10)).Value!;
            Assert.Equal(view.Tokens[at], explanation.Selected);
            Assert.Equal(reading.U[at], explanation.U);
            var selected = explanation.Tokens.Single(t => t.Selected);
            Assert.InRange(explanation.U!.Value, selected.Low!.Value, selected.High!.Value);
            Assert.Equal(reading.Probabilities[at], selected.ProbabilityAfterStage[^1], 1e-12);
        }

        var refusal = (await Cluster.Session(key).Explain(25, 10)).Refusal!;
        Assert.Equal("at", refusal.Param);
        Assert.Contains("[0, 24]", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resampling_a_step_draws_the_original_token_first_and_follows_the_distribution()
    {
        var (key, view) = await FinishedAsync(Story(seed: 16));
        var one = (await Cluster.Session(key).Resample(new ResampleRequest { At = 5, Draws = 1 })).Value!;
        Assert.Equal(view.Tokens[5], Assert.Single(one.Tokens).Token);
        var many = (await Cluster.Session(key).Resample(new ResampleRequest { At = 5, Draws = 4000 })).Value!;
        Assert.Equal(4000, many.Tokens.Sum(t => t.Count));
        var explanation = (await Cluster.Session(key).Explain(5, 5)).Value!;
        foreach (var candidate in explanation.Tokens)
        {
            var count = many.Tokens.SingleOrDefault(t => t.Token == candidate.Id)?.Count ?? 0;
            Assert.Equal(candidate.ProbabilityAfterStage.LastOrDefault(candidate.Probability), count / 4000.0, 0.05);
        }

        var greedy = (await Cluster.Session(key).Resample(new ResampleRequest { At = 5, Draws = 50, Sampling = new SamplingSettings { Temperature = 0 } })).Value!;
        Assert.Equal(50, Assert.Single(greedy.Tokens).Count);
    }

    [Fact]
    public async Task A_receipt_verifies_and_a_changed_text_does_not()
    {
        var request = Story(seed: 17) with { Stop = ["zebra"] };
        var (key, view) = await FinishedAsync(request);
        var receipt = view.Receipt!;
        Assert.True(receipt.Exact);
        Assert.True((await Cluster.Session(key).Verify(receipt, view.Text)).Value!.Match);
        var worker = Cluster.Grains.GetGrain<IWorkerGrain>(BundledModel.Name);
        Assert.True((await worker.Verify(receipt, request.Prompt, view.Text)).Value!.Match);
        var changed = (await worker.Verify(receipt, request.Prompt, view.Text[..^3] + "xyz")).Value!;
        Assert.False(changed.Match);
        Assert.InRange(changed.Position, 30, 40);
        Assert.False((await worker.Verify(receipt with { Seed = 18 }, request.Prompt, view.Text)).Value!.Match);
        Assert.False((await worker.Verify(receipt, new Prompt { Text = "Once upon a" }, view.Text)).Value!.Match);
    }

    [Fact]
    public async Task Receipts_of_forks_and_continued_sessions_verify_too()
    {
        var (key, _) = await FinishedAsync(Story(seed: 18));
        var fork = await ForkAsync(key, new ForkRequest { Session = "", At = 10, Seed = 5, Token = 100 });
        Assert.True(Contracts.Sessions.SessionId.TryParse(fork.Id, out var id));
        var session = Cluster.Session(key with { Session = id });
        Assert.Equal(1, fork.Receipt!.Forced);
        Assert.True((await session.Verify(fork.Receipt, null)).Value!.Match);
        Value(await Cluster.Session(key).Extend(new ContinueRequest { MaxTokens = 12, Prompt = new Prompt { Text = " And then" } }));
        await ReadAsync(key);
        var second = Value(await Cluster.Session(key).View()).Receipt!;
        Assert.Equal(12, second.Tokens);
        Assert.True((await Cluster.Session(key).Verify(second, null)).Value!.Match);
    }

    [Fact]
    public async Task A_cancelled_session_keeps_what_it_has_and_can_go_on()
    {
        var (_, whole) = await FinishedAsync(Story(seed: 19, tokens: 400));
        var key = Cluster.NewKey();
        Value(await Cluster.Session(key).Create(Story(seed: 19, tokens: 400)));
        var cancelled = false;
        var reading = await Reading.AllAsync(Cluster.Streams.Tail(key, 0), async index =>
        {
            if (index == 5 && !cancelled)
            {
                cancelled = true;
                Value(await Cluster.Session(key).Cancel());
            }
        });
        Assert.Equal(Finish.Cancelled, reading.End.Finish);
        Assert.InRange(reading.Tokens.Length, 5, 399);
        Assert.Equal(reading.Tokens.Length, reading.End.Usage.CompletionTokens);
        Value(await Cluster.Session(key).Extend(new ContinueRequest { MaxTokens = 400 - reading.Tokens.Length }));
        await ReadAsync(key);
        Assert.Equal(whole.Tokens, Value(await Cluster.Session(key).View()).Tokens);
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_said_all_at_once_and_nothing_is_stored()
    {
        var key = Cluster.NewKey();
        var refusal = (await Cluster.Session(key).Create(Story(1) with
        {
            Sampling = new SamplingSettings { Temperature = 9, TopP = 0, LogitBias = new() { [99999] = 1 } },
            StopTokenIds = [-4],
        })).Refusal!;
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        foreach (var field in (string[])["temperature", "top_p", "logit_bias", "stop_token_ids"])
        {
            Assert.Contains(field, refusal.Message, StringComparison.Ordinal);
        }

        var tooLong = (await Cluster.Session(key).Create(Story(1) with { Prompt = new Prompt { Tokens = [.. Enumerable.Repeat(5, 600)] } })).Refusal!;
        Assert.Equal("context_length_exceeded", tooLong.Code);
        Assert.Equal(RefusalKind.NotFound, (await Cluster.Session(key).View()).Refusal!.Kind);
        Assert.Equal(0, Cluster.Storage.Writes(Cluster.Session(key).GetGrainId()));
    }

    [Fact]
    public async Task A_deleted_session_is_gone_and_a_name_is_taken_once()
    {
        var (key, _) = await FinishedAsync(Story(seed: 20, tokens: 4));
        Assert.Equal(RefusalKind.Conflict, (await Cluster.Session(key).Create(Story(1))).Refusal!.Kind);
        Assert.Null(await Cluster.Session(key).Delete());
        Assert.Equal(RefusalKind.NotFound, (await Cluster.Session(key).View()).Refusal!.Kind);
        Assert.Equal(RefusalKind.NotFound, (await Cluster.Session(key).Delete())!.Kind);
    }

    [Fact]
    public async Task Tokens_are_saved_at_checkpoints_and_never_one_by_one()
    {
        var (key, _) = await FinishedAsync(Story(seed: 21, tokens: 384));

        // The start, checkpoints and the end, and what the ledger has acknowledged on the way. A checkpoint that has its turn late
        // takes in what has come since, so that there may be fewer than one per 64 tokens.
        Assert.InRange(Cluster.Storage.Writes(Cluster.Session(key).GetGrainId()), 3, 16);
    }

    private static SessionView Value(Outcome<SessionView> outcome)
    {
        Assert.Null(outcome.Refusal);
        return outcome.Value!;
    }

    private async Task<(SessionKey Key, SessionView View)> FinishedAsync(SessionRequest request)
    {
        var key = Cluster.NewKey();
        Value(await Cluster.Session(key).Create(request));
        await ReadAsync(key);
        return (key, Value(await Cluster.Session(key).View()));
    }

    private Task<Reading> ReadAsync(SessionKey key) => Reading.AllAsync(Cluster.Streams.Tail(key, 0));

    private async Task<SessionView> ForkAsync(SessionKey key, ForkRequest request)
    {
        var child = Cluster.NewKey();
        Value(await Cluster.Session(key).Fork(request with { Session = child.Session.ToString() }));
        await ReadAsync(child);
        return Value(await Cluster.Session(child).View());
    }

    public sealed class SharedCluster : IAsyncLifetime
    {
        internal ModelCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Cluster = await ModelCluster.StartAsync(workers: 1, slots: 8);

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}
