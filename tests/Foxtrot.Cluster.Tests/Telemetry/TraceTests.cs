using System.Diagnostics;
using Foxtrot.Cluster.Tests.Sessions;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Model;

namespace Foxtrot.Cluster.Tests.Telemetry;

public sealed class TraceTests
{
    private const string Generate = "generate " + BundledModel.Name;

    private static SessionRequest Story(int tokens) => new()
    {
        Prompt = new Prompt { Text = "Once upon a time" },
        Seed = 7,
        MaxTokens = tokens,
        IgnoreEndTokens = true,
    };

    [Fact]
    public async Task One_trace_leads_from_the_caller_to_the_step_that_gave_the_first_token()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2);
        using var log = new SpanLog();
        using (log.Enter())
        {
            await Reading.AllAsync(cluster.Streams.Run(cluster.NewKey(), Story(20)));
        }

        var generate = await log.EndedAsync(Generate);
        var server = await log.ParentAsync(generate);
        var client = await log.ParentAsync(server);
        Assert.Equal((ActivityKind.Server, "Microsoft.Orleans.Application"), (server.Kind, server.Source.Name));
        Assert.Equal((ActivityKind.Client, "Microsoft.Orleans.Application"), (client.Kind, client.Source.Name));
        Assert.Equal(20, generate.GetTagItem("foxtrot.output_tokens"));
        Assert.Equal("Length", generate.GetTagItem("foxtrot.finish_reason"));

        var queue = await log.EndedAsync("queue");
        var prefill = await log.EndedAsync("prefill");
        var step = await log.EndedAsync("step " + BundledModel.Name);
        Assert.Equal([generate.SpanId, generate.SpanId], [queue.ParentSpanId, prefill.ParentSpanId]);
        Assert.Equal("first token", Assert.Single(generate.Events).Name);

        // The step serves others too: a trace of its own, linked both ways.
        Assert.Equal(default, step.ParentSpanId);
        Assert.NotEqual(generate.TraceId, step.TraceId);
        Assert.True(step.Recorded);
        Assert.Equal(step.Context, Assert.Single(prefill.Links).Context);
        Assert.Equal(generate.Context, Assert.Single(step.Links).Context);
        Assert.Equal(1, step.GetTagItem("foxtrot.batch.size"));
    }

    [Fact]
    public async Task A_request_that_is_not_sampled_makes_no_span()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 1);
        using var log = new SpanLog(sampled: false);
        using (log.Enter())
        {
            await Reading.AllAsync(cluster.Streams.Run(cluster.NewKey(), Story(20)));
        }

        Assert.Empty(log.Started);
    }

    [Fact]
    public async Task A_request_whose_worker_dies_goes_on_in_the_same_trace()
    {
        await using var cluster = await ModelCluster.StartAsync(workers: 2);
        using var log = new SpanLog();
        var key = cluster.NewKey();
        var killed = false;
        using (log.Enter())
        {
            var reading = await Reading.AllAsync(cluster.Streams.Run(key, Story(450)), async index =>
            {
                if (index == 20 && !killed)
                {
                    killed = true;
                    await cluster.KillAsync(await cluster.WorkerOfAsync("generation", key));
                }
            });
            Assert.Equal(450, reading.Tokens.Length);
        }

        // On a busy machine it may have to be taken up more than once.
        await log.EndedAsync(span => span.OperationName == Generate && span.GetTagItem("foxtrot.finish_reason") is "Length");
        var spans = (await log.EndedAsync(span => span.OperationName == Generate, count: 2)).OrderBy(span => span.StartTimeUtc).ToArray();
        Assert.Equal(spans.Select((_, i) => (object)(i > 0)), spans.Select(span => span.GetTagItem("foxtrot.resumed")));
        Assert.Single(spans.Select(span => span.TraceId).Distinct());
    }
}
