using Foxtrot.Client.Streams;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Foxtrot.Cluster.Tests.Sessions;

public sealed class FailureTests
{
    private static SessionRequest Story(ulong seed, int tokens) => new()
    {
        Prompt = new Prompt { Text = "Once upon a time" },
        Seed = seed,
        MaxTokens = tokens,
        IgnoreEndTokens = true,
    };

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public async Task A_draining_worker_finishes_or_moves_its_sessions_and_no_reader_notices(int secondsToFinish)
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2, slots: 8, drain: new DrainOptions { Finish = TimeSpan.FromSeconds(secondsToFinish) });
        var expected = await Reading.AllAsync(cluster.Streams.Run(cluster.NewKey(), Story(7, 450)));
        var keys = Enumerable.Range(0, 6).Select(_ => cluster.NewKey()).ToArray();
        foreach (var key in keys.Take(3))
        {
            Assert.NotNull((await cluster.Session(key).Create(Story(7, 450))).Value);
        }

        var half = new TaskCompletionSource();
        var readings = keys.Select((key, i) => Reading.AllAsync(
            i < 3 ? cluster.Streams.Tail(key, 0) : cluster.Streams.Run(key, Story(7, 450)),
            index =>
            {
                if (index == 40)
                {
                    half.TrySetResult();
                }

                return Task.CompletedTask;
            })).ToArray();
        await half.Task.WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        var leaving = cluster.Workers.OrderByDescending(w => w.ServiceProvider.GetRequiredService<ILocalLoad>().Models[0].Running).First();
        var drain = leaving.ServiceProvider.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single(s => s.GetType().Name == "WorkerDrain");
        await drain.StoppingAsync(TestContext.Current.CancellationToken).WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(0, leaving.ServiceProvider.GetRequiredService<ILocalLoad>().Models[0].Running);
        await cluster.StopAsync(leaving);
        var all = await Task.WhenAll(readings);
        Assert.All(all, reading => reading.AssertSame(expected));
        Assert.Equal(secondsToFinish == 0, all.Any(reading => reading.Resumptions > 0));
        foreach (var key in keys.Take(3))
        {
            var view = (await cluster.Session(key).View()).Value!;
            Assert.Equal(expected.Tokens, view.Tokens);
            Assert.Equal(Finish.Length, view.Finish);
        }
    }

    [Fact]
    public async Task An_activation_that_was_thought_dead_cannot_write_and_stops()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1);
        var key = cluster.NewKey();
        Assert.NotNull((await cluster.Session(key).Create(Story(8, 450))).Value);
        cluster.Storage.OverwriteAll();
        var reader = cluster.Streams.Tail(key, 0);
        var reading = await Reading.AllAsync(reader);

        // The first activation was refused at its next checkpoint; the second one took the stored session up and finished it.
        Assert.Equal(450, reading.Tokens.Length);
        Assert.True(reading.Resumptions > 0);
        Assert.Equal(2, (await cluster.Session(key).View()).Value!.Epoch);
    }

    [Fact]
    public async Task A_session_that_meets_another_writer_while_it_is_taken_over_is_read_on_all_the_same()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2);
        var expected = await Reading.AllAsync(cluster.Streams.Run(cluster.NewKey(), Story(8, 300)));
        var key = cluster.NewKey();
        Assert.NotNull((await cluster.Session(key).Create(Story(8, 300))).Value);
        var killed = false;
        var reading = await Reading.AllAsync(cluster.Streams.Tail(key, 0), async index =>
        {
            if (index == 20 && !killed)
            {
                killed = true;
                cluster.Storage.RefuseWrites(3);
                await cluster.KillAsync(await cluster.WorkerOfAsync("session", key));
            }
        });
        reading.AssertSame(expected);
    }

    [Fact]
    public async Task A_full_queue_refuses_with_a_time_to_come_back()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1, slots: 2, queue: 1);
        var readers = Enumerable.Range(0, 3).Select(_ => cluster.Streams.Run(cluster.NewKey(), Story(9, 450))).ToArray();
        Assert.Null(await readers[0].StartAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken));
        await Task.WhenAll(readers.Select(r => r.StartAsync(TestContext.Current.CancellationToken).AsTask())).WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        await using var extra = cluster.Streams.Run(cluster.NewKey(), Story(9, 10));
        var refusal = await extra.StartAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(RefusalKind.QueueFull, refusal!.Kind);
        Assert.InRange(refusal.RetryAfterSeconds, 1, 60);
        Assert.Equal(RefusalKind.QueueFull, (await cluster.Session(cluster.NewKey()).Create(Story(9, 10))).Refusal!.Kind);
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_reader_that_leaves_stops_what_nobody_else_holds_and_frees_its_slot()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1, slots: 1);
        var first = cluster.Streams.Run(cluster.NewKey(), Story(10, 500));
        Assert.Null(await first.StartAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken));
        await first.DisposeAsync();
        var second = await Reading.AllAsync(cluster.Streams.Run(cluster.NewKey(), Story(11, 3)));
        Assert.Equal(3, second.Tokens.Length);
        Assert.Null(first.End);
    }

    [Fact]
    public async Task A_stream_that_is_cancelled_ends_with_exact_usage()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1);
        var reader = cluster.Streams.Run(cluster.NewKey(), Story(12, 500));
        var reading = await Reading.AllAsync(reader, index => index == 10 ? reader.CancelAsync() : Task.CompletedTask);
        Assert.Equal(Finish.Cancelled, reading.End.Finish);
        Assert.InRange(reading.Tokens.Length, 11, 499);
        Assert.Equal(reading.Tokens.Length, reading.End.Usage.CompletionTokens);
    }

    [Fact]
    public async Task Without_any_worker_a_stream_is_refused_when_its_patience_ends()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1);
        var key = cluster.NewKey();
        await cluster.KillAsync(cluster.Workers[0]);
        await cluster.StabilizeAsync();
        var streams = new SessionStreams(cluster.Grains, new StreamOptions { RecoveryTimeout = TimeSpan.FromSeconds(1) });
        await using var reader = streams.Run(key, Story(13, 10));
        var refusal = await reader.StartAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Reading.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(RefusalKind.Unavailable, refusal!.Kind);
        Assert.Equal(Finish.Failed, reader.End!.Finish);
    }
}
