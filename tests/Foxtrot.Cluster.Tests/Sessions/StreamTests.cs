using Foxtrot.Client.Streams;
using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Cluster.Tests.Sessions;

public sealed class StreamTests
{
    private static SessionRequest Story(ulong seed, int tokens = 96) => new()
    {
        Prompt = new Prompt { Text = "Once upon a time" },
        Seed = seed,
        MaxTokens = tokens,
        IgnoreEndTokens = true,
        LogProbabilities = 2,
    };

    [Fact]
    public async Task The_same_seed_gives_the_same_stream_wherever_it_runs()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2);
        var readings = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Reading.AllAsync(cluster.Streams.Run(cluster.NewKey(), Story(seed: (ulong)(i % 2))))));
        for (var i = 2; i < readings.Length; i++)
        {
            readings[i].AssertSame(readings[i % 2]);
        }

        Assert.NotEqual(readings[0].Text, readings[1].Text);
        Assert.Equal(96, readings[0].Tokens.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_whose_worker_dies_goes_on_elsewhere_without_a_gap_a_repeat_or_a_changed_token(bool durable)
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2);
        var expected = await Reading.AllAsync(cluster.Streams.Run(cluster.NewKey(), Story(seed: 5, tokens: 300)));
        var key = cluster.NewKey();
        if (durable)
        {
            Assert.NotNull((await cluster.Session(key).Create(Story(seed: 5, tokens: 300))).Value);
        }

        var reader = durable ? cluster.Streams.Tail(key, 0) : cluster.Streams.Run(key, Story(seed: 5, tokens: 300));
        var killed = false;
        var reading = await Reading.AllAsync(reader, async index =>
        {
            if (index == 20 && !killed)
            {
                killed = true;
                await cluster.KillAsync(await cluster.WorkerOfAsync(durable ? "session" : "generation", key));
            }
        });
        reading.AssertSame(expected);
        Assert.True(reading.Resumptions > 0);
        if (durable)
        {
            var view = (await cluster.Session(key).View()).Value!;
            Assert.Equal(expected.Tokens, view.Tokens);
            Assert.Equal(expected.Text, view.Text);
            Assert.True(view.Exact);
            Assert.Equal(2, view.Epoch);
        }
    }

    [Fact]
    public async Task An_application_that_is_no_silo_reads_on_too_when_a_worker_dies()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2);
        var expected = await Reading.AllAsync(cluster.Streams.Run(cluster.NewKey(), Story(seed: 6, tokens: 300)));
        var streams = new SessionStreams(cluster.Application, new StreamOptions { StallTimeout = TimeSpan.FromSeconds(2) });
        var key = cluster.NewKey();
        var killed = false;
        var reading = await Reading.AllAsync(streams.Run(key, Story(seed: 6, tokens: 300)), async index =>
        {
            if (index == 20 && !killed)
            {
                killed = true;
                await cluster.KillAsync(await cluster.WorkerOfAsync("generation", key));
            }
        });
        reading.AssertSame(expected);
        Assert.True(reading.Resumptions > 0);
    }

    [Fact]
    public async Task A_created_session_can_be_read_from_any_index_while_it_runs_and_afterwards()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1);
        var key = cluster.NewKey();
        Assert.NotNull((await cluster.Session(key).Create(Story(seed: 3))).Value);
        var first = await Reading.AllAsync(cluster.Streams.Tail(key, 0));
        Assert.Equal(96, first.Tokens.Length);
        foreach (var from in (int[])[0, 1, 50, 95, 96])
        {
            var again = await Reading.AllAsync(cluster.Streams.Tail(key, from));
            Assert.Equal(first.Tokens[from..], again.Tokens);
            Assert.Equal(first.Probabilities[from..], again.Probabilities);
            Assert.Equal(first.End.Usage, again.End.Usage);
        }
    }
}
