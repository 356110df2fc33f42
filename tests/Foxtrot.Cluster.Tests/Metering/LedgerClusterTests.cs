using System.Collections.Immutable;
using Foxtrot.Cluster.Metering;
using Foxtrot.Cluster.Sessions;
using Foxtrot.Cluster.Tests.Sessions;
using Foxtrot.Contracts.Metering;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Model;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Foxtrot.Cluster.Tests.Metering;

public sealed class LedgerClusterTests
{
    private static readonly DateOnly Ever = new(2020, 1, 1);

    [Fact]
    public async Task What_a_session_uses_is_in_the_ledger_through_turns_rewinds_forks_and_its_deletion()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2);
        var key = cluster.NewKey();
        var created = (await cluster.Session(key).Create(Story(3, 80))).Value!;
        var prompt = created.Usage.PromptTokens;
        Assert.Equal(80, (await Reading.AllAsync(cluster.Streams.Tail(key, 0))).Tokens.Length);
        await ExpectAsync(cluster, key.Tenant, new() { Requests = 1, PromptTokens = prompt, GeneratedTokens = 80, DeliveredTokens = 80 });

        // Nobody reads the second turn; the third replaces half of the first.
        Assert.NotNull((await cluster.Session(key).Extend(new ContinueRequest { MaxTokens = 30 })).Value);
        await EndAsync(cluster, key);
        await ExpectAsync(cluster, key.Tenant, new() { Requests = 2, PromptTokens = prompt, GeneratedTokens = 110, DeliveredTokens = 80 });
        Assert.NotNull((await cluster.Session(key).Rewind(40)).Value);
        Assert.NotNull((await cluster.Session(key).Extend(new ContinueRequest { MaxTokens = 20 })).Value);
        Assert.Equal(60, (await Reading.AllAsync(cluster.Streams.Tail(key, 0))).Tokens.Length);
        await ExpectAsync(cluster, key.Tenant, new() { Requests = 3, PromptTokens = prompt, GeneratedTokens = 130, DeliveredTokens = 100 });

        // A fork shares what its parent has paid for.
        var fork = key with { Session = SessionId.New(key.Model, key.Session.Fingerprint) };
        Assert.NotNull((await cluster.Session(key).Fork(new ForkRequest { Session = fork.Session.ToString(), At = 10, MaxTokens = 25 })).Value);
        Assert.Equal(25, (await Reading.AllAsync(cluster.Streams.Tail(fork, 0))).Tokens.Length);
        await ExpectAsync(cluster, key.Tenant, new() { Requests = 4, PromptTokens = prompt, GeneratedTokens = 145, DeliveredTokens = 115 });

        // Reading again delivers nothing new, and what is deleted stays counted.
        Assert.Equal(60, (await Reading.AllAsync(cluster.Streams.Tail(key, 0))).Tokens.Length);
        Assert.Null(await cluster.Session(key).Delete());
        Assert.Null(await cluster.Session(fork).Delete());
        await ExpectAsync(cluster, key.Tenant, new() { Requests = 4, PromptTokens = prompt, GeneratedTokens = 145, DeliveredTokens = 115 });
    }

    [Fact]
    public async Task Cancelled_turns_count_as_aborted_with_what_they_generated()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1);
        var key = cluster.NewKey();
        var created = (await cluster.Session(key).Create(Story(4, 450))).Value!;
        var view = (await cluster.Session(key).Cancel()).Value!;
        await ExpectAsync(
            cluster, key.Tenant, new() { Requests = 1, Aborted = 1, PromptTokens = created.Usage.PromptTokens, GeneratedTokens = view.Usage.CompletionTokens });
    }

    [Fact]
    public async Task An_applications_generation_is_accounted_by_its_worker_alone()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1);
        var key = cluster.NewKey();
        var whole = await Reading.AllAsync(cluster.Streams.Run(key, Story(5, 50)));
        var prompt = whole.End.Usage.PromptTokens;
        await ExpectAsync(cluster, key.Tenant, new() { Requests = 1, PromptTokens = prompt, GeneratedTokens = 50, DeliveredTokens = 50 });
        var reader = cluster.Streams.Run(cluster.NewKey(), Story(5, 450));
        var cut = await Reading.AllAsync(reader, index => index == 10 ? reader.CancelAsync() : Task.CompletedTask);
        await ExpectAsync(cluster, key.Tenant, new()
        {
            Requests = 2,
            Aborted = 1,
            PromptTokens = 2 * prompt,
            GeneratedTokens = 50 + cut.Tokens.Length,
            DeliveredTokens = 50 + cut.Tokens.Length,
        });
    }

    [Fact]
    public async Task Of_several_outputs_the_prompt_and_the_request_count_once_and_the_gateway_says_what_was_delivered()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2);
        var ledger = cluster.Gateway.ServiceProvider.GetRequiredService<ILedger>();
        var key = cluster.NewKey();
        var keys = Enumerable.Range(0, 3).Select(i => key with { Session = key.Session.WithChoice(i) }).ToArray();
        var all = await Task.WhenAll(keys.Select((k, i) => Reading.AllAsync(cluster.Streams.Run(k, Story(6, 40) with { Choice = i, SharesPrompt = i > 0, Reader = ledger.Sender }))));
        var prompt = all[0].End.Usage.PromptTokens;
        await ExpectAsync(cluster, key.Tenant, new() { Requests = 1, PromptTokens = prompt, GeneratedTokens = 120 }, open: 3);
        foreach (var k in keys)
        {
            ledger.Report(k.Tenant, new LedgerReport
            {
                Entry = k.Session.ToString(),
                Model = k.Model,
                Source = LedgerSource.Reader,
                Counts = new UsageCounts { Requests = k.Session.IsFirst ? 1 : 0, Aborted = k.Session.IsFirst ? 1 : 0, PromptTokens = k.Session.IsFirst ? prompt : 0, GeneratedTokens = 40, DeliveredTokens = 35 },
                Opens = true,
                Done = true,
            });
        }

        await ExpectAsync(cluster, key.Tenant, new() { Requests = 1, Aborted = 1, PromptTokens = prompt, GeneratedTokens = 120, DeliveredTokens = 105 });
    }

    [Fact]
    public async Task Killing_the_worker_with_the_ledger_in_the_middle_of_streams_loses_and_repeats_nothing()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 3);
        var tenant = cluster.NewKey().Tenant;
        await cluster.Grains.GetGrain<ILedgerGrain>(tenant).Read(Ever, Ever);
        var address = await cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(cluster.Grains.GetGrain<ILedgerGrain>(tenant), TestContext.Current.CancellationToken);
        var victim = cluster.Workers.Single(worker => worker.SiloAddress.Equals(address));
        var keys = Enumerable.Range(0, 8).Select(_ => cluster.NewKey()).ToArray();
        var prompt = 0L;
        foreach (var key in keys.Take(4))
        {
            prompt += (await cluster.Session(key).Create(Story(7, 200))).Value!.Usage.PromptTokens;
        }

        Task? kill = null;
        var gate = new Lock();
        var readings = await Task.WhenAll(keys.Select((key, i) => Reading.AllAsync(
            i < 4 ? cluster.Streams.Tail(key, 0) : cluster.Streams.Run(key, Story(7, 200)),
            index =>
            {
                lock (gate)
                {
                    kill ??= index == 60 ? cluster.KillAsync(victim) : null;
                }

                return Task.CompletedTask;
            })));
        await kill!;
        Assert.All(readings, reading => Assert.Equal(200, reading.Tokens.Length));
        Assert.Contains(readings, reading => reading.Resumptions > 0);
        prompt += readings.Skip(4).Sum(reading => reading.End.Usage.PromptTokens);

        // An application that went on elsewhere although its worker was not dead, as on a busy machine, leaves an aborted request there.
        await ExpectAsync(
            cluster,
            tenant,
            new() { Requests = 8, PromptTokens = prompt, GeneratedTokens = 1600, DeliveredTokens = 1600 },
            sum => sum.Aborted > 0 ? sum with { Aborted = 0, DeliveredTokens = sum.GeneratedTokens } : sum);
    }

    [Fact]
    public async Task A_session_whose_worker_died_and_that_nobody_reads_goes_on_and_is_accounted_when_the_ledger_asks()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2);
        var key = cluster.NewKey();
        var created = (await cluster.Session(key).Create(Story(8, 450))).Value!;
        await cluster.KillAsync(await cluster.WorkerOfAsync("session", key));
        await cluster.StabilizeAsync();
        Assert.True(await cluster.Grains.GetGrain<IMeteredGrain>(key.ToString()).Settle());
        await ExpectAsync(cluster, key.Tenant, new() { Requests = 1, PromptTokens = created.Usage.PromptTokens, GeneratedTokens = 450 });
        Assert.False(await cluster.Grains.GetGrain<IMeteredGrain>(cluster.NewKey().ToString()).Settle());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(40)]
    public async Task What_a_reader_was_given_counts_as_delivered_although_the_worker_died_before_it_stored_that(int read)
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2);
        var key = cluster.NewKey();
        var created = (await cluster.Session(key).Create(Story(9, 200))).Value!;
        cluster.Storage.HoldSessions();
        var taken = 0;
        var reader = cluster.Streams.Tail(key, 0);
        using var deadline = new CancellationTokenSource(Reading.Deadline);
        while (taken < read && await reader.WaitToReadAsync(deadline.Token))
        {
            while (reader.TryRead(out _))
            {
                taken++;
            }
        }

        // What has come to the reader's process counts, whether it was taken out there or not.
        await reader.DisposeAsync();
        Assert.InRange(taken, read, 200);
        await cluster.KillAsync(await cluster.WorkerOfAsync("session", key));
        cluster.Storage.LoseHeld();
        await ExpectAsync(
            cluster,
            key.Tenant,
            new() { Requests = 1, PromptTokens = created.Usage.PromptTokens, GeneratedTokens = 200, DeliveredTokens = read },
            sum => sum with { DeliveredTokens = sum.DeliveredTokens >= taken ? read : sum.DeliveredTokens });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_stored_session_that_its_ledger_has_not_heard_of_is_accounted_as_soon_as_it_is_looked_at(int reads)
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1);
        var key = cluster.NewKey();
        var storage = cluster.Storage.For(cluster.Gateway.ServiceProvider.GetRequiredService<Serializer>());
        var created = (await cluster.Session(key).Create(Story(9, 50))).Value!;
        await EndAsync(cluster, key);
        var expected = new UsageCounts { Requests = 1, PromptTokens = created.Usage.PromptTokens, GeneratedTokens = 50 };
        await ExpectAsync(cluster, key.Tenant, expected);
        await cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);
        var ledger = cluster.Grains.GetGrain<ILedgerGrain>(key.Tenant);
        await storage.ClearStateAsync("ledger", ledger.GetGrainId(), new GrainState<LedgerState>(new LedgerState()));
        var session = new GrainState<SessionState>(new SessionState());
        await storage.ReadStateAsync("session", cluster.Session(key).GetGrainId(), session);
        session.State!.Accounted = default;
        await storage.WriteStateAsync("session", cluster.Session(key).GetGrainId(), session);
        Assert.Equal(new UsageCounts(), Sum(await ledger.Read(Ever, Today)));

        for (var i = 0; i < reads; i++)
        {
            Assert.Equal(50, (await Reading.AllAsync(cluster.Streams.Tail(key, 0))).Tokens.Length);
        }

        Assert.NotNull((await cluster.Session(key).View()).Value);
        await ExpectAsync(cluster, key.Tenant, expected with { DeliveredTokens = 50 * reads });
    }

    [Fact]
    public async Task A_batch_that_comes_again_counts_once_even_for_another_activation()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1);
        var ledger = cluster.Grains.GetGrain<ILedgerGrain>("twice");
        var batch = new LedgerBatch("somebody", 1, [Whole(5)]);
        await ledger.Report(batch);
        await ledger.Report(batch);
        cluster.Storage.OverwriteAll();
        await Assert.ThrowsAnyAsync<Exception>(() => ledger.Report(new LedgerBatch("somebody", 2, [Whole(7)])));
        await ledger.Report(new LedgerBatch("somebody", 2, [Whole(7)]));
        await ledger.Report(batch);
        Assert.Equal(12, (await ledger.Read(Ever, Today)).Lines.Sum(line => line.Counts.Requests));
    }

    [Fact]
    public async Task Days_that_are_over_move_to_their_months_and_are_read_from_there()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1);
        var ledger = cluster.Grains.GetGrain<ILedgerGrain>("months");
        var storage = cluster.Storage.For(cluster.Gateway.ServiceProvider.GetRequiredService<Serializer>());
        var (first, second) = (new DateOnly(2026, 1, 31), new DateOnly(2026, 2, 1));
        await storage.WriteStateAsync("ledger", ledger.GetGrainId(), new GrainState<LedgerState>(new LedgerState
        {
            Day = second,
            Days = ImmutableDictionary<LedgerDay, UsageCounts>.Empty
                .Add(new LedgerDay(first, "a"), new UsageCounts { Requests = 1 })
                .Add(new LedgerDay(second, "a"), new UsageCounts { Requests = 2 })
                .Add(new LedgerDay(second, "b"), new UsageCounts { Requests = 4 }),
        }));
        await ledger.Report(new LedgerBatch("somebody", 1, [Whole(8)]));
        await cluster.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, TestContext.Current.CancellationToken);
        var view = await ledger.Read(Ever, Today);
        Assert.Equal(
            [(first, "a", 1L), (second, "a", 2L), (second, "b", 4L), (Today, BundledModel.Name, 8L)],
            view.Lines.Select(line => (line.Day, line.Model, line.Counts.Requests)));
        Assert.Equal([4L], (await ledger.Read(second, second)).Lines.Where(line => line.Model == "b").Select(line => line.Counts.Requests));
        var stored = new GrainState<LedgerState>(new LedgerState());
        await storage.ReadStateAsync("ledger", ledger.GetGrainId(), stored);
        Assert.Equal([Today], stored.State!.Days.Keys.Select(day => day.Day));
    }

    private static DateOnly Today => DateOnly.FromDateTime(DateTime.UtcNow);

    private static LedgerReport Whole(int requests) =>
        new() { Entry = "r", Model = BundledModel.Name, Source = LedgerSource.Whole, Counts = new UsageCounts { Requests = requests } };

    private static SessionRequest Story(ulong seed, int tokens) => new()
    {
        Prompt = new Prompt { Text = "Once upon a time" },
        Seed = seed,
        MaxTokens = tokens,
        IgnoreEndTokens = true,
    };

    private static async Task EndAsync(ModelCluster cluster, SessionKey key) =>
        await EventuallyAsync(async () => (await cluster.Session(key).View()).Value!.Status == SessionStatus.Finished, () => "the session runs on");

    // The ledger comes to exactly these sums, and stays there.
    private static Task ExpectAsync(ModelCluster cluster, string tenant, UsageCounts expected, int open = 0) =>
        ExpectAsync(cluster, tenant, expected, sum => sum, open);

    private static async Task ExpectAsync(ModelCluster cluster, string tenant, UsageCounts expected, Func<UsageCounts, UsageCounts> allow, int open = 0)
    {
        var view = new LedgerView([], 0);
        await EventuallyAsync(
            async () =>
            {
                view = await cluster.Grains.GetGrain<ILedgerGrain>(tenant).Read(Ever, Today);
                return allow(Sum(view)) == expected && view.OpenEntries == open;
            },
            () => $"expected {expected}, {open} open; was {Sum(view)}, {view.OpenEntries} open");
    }

    private static UsageCounts Sum(LedgerView view) => view.Lines.Aggregate(new UsageCounts(), (sum, line) => sum + line.Counts);

    private static async Task EventuallyAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        using var deadline = new CancellationTokenSource(Reading.Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (Exception lost) when (Contracts.Workers.WorkerLoss.Is(lost))
            {
                // The ledger's worker has been killed.
            }

            Assert.False(deadline.IsCancellationRequested, otherwise());
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
