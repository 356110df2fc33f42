using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Foxtrot.Bench.Load;
using Foxtrot.Tests.Commands;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Tests.Bench.Load;

public sealed class LoadBenchTests
{
    [Fact]
    public async Task The_document_has_the_promised_keys_first_and_counts_everything()
    {
        await using var server = await ScriptedServer.StartWholeAsync();
        var run = await CommandRun.Of("bench", "load", "--url", server.Url, "--clients", "3", "--requests", "6", "--tokens", "8", "--json");
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["machine", "clients", "requests", "tokens", "tokens_per_s", "ttft_ms", "itl_ms", "errors"], run.Json.EnumerateObject().Select(p => p.Name).Take(8));
        Assert.Equal(3, run.Json.GetProperty("clients").GetInt32());
        Assert.Equal(6, run.Json.GetProperty("requests").GetInt32());
        Assert.Equal(48, run.Json.GetProperty("tokens").GetInt32());
        Assert.Equal(0, run.Json.GetProperty("errors").GetInt32());
        Assert.True(run.Json.GetProperty("tokens_per_s").GetDouble() > 0);
        foreach (var name in new[] { "ttft_ms", "itl_ms" })
        {
            var latency = run.Json.GetProperty(name);
            Assert.Equal(["p50", "p99"], latency.EnumerateObject().Select(p => p.Name).Take(2));
            Assert.InRange(latency.GetProperty("p99").GetDouble(), latency.GetProperty("p50").GetDouble(), latency.GetProperty("max").GetDouble());
        }

        Assert.True(run.Json.GetProperty("ttft_ms").GetProperty("p50").GetDouble() > 0);
        Assert.True(run.Json.GetProperty("counted_by_usage").GetBoolean());
    }

    [Fact]
    public async Task Without_json_people_get_a_table()
    {
        await using var server = await ScriptedServer.StartWholeAsync();
        var run = await CommandRun.Of("bench", "load", "--url", server.Url, "--clients", "1", "--requests", "2", "--tokens", "4");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("time to first token, ms", run.Output, StringComparison.Ordinal);
        Assert.Contains("8 tokens of 2 requests", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replies_that_arrive_byte_by_byte_count_the_same()
    {
        await using var server = await ScriptedServer.StartAsync(async (context, body) =>
        {
            foreach (var letter in ScriptedServer.Whole(body))
            {
                await ScriptedServer.SendAsync(context, letter.ToString());
            }
        });
        var result = await new LoadBench(Options(server) with { Requests = 2, Tokens = 5 }).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((2, 10L, 0, 0), (result.Requests, result.Tokens, result.Errors, result.Short));
    }

    [Fact]
    public async Task Without_usage_pieces_of_text_are_counted()
    {
        await using var server = await ScriptedServer.StartAsync((context, body) => ScriptedServer.SendAsync(context, ScriptedServer.Text("a") + ScriptedServer.Text("b") + ScriptedServer.Done));
        var result = await new LoadBench(Options(server) with { Requests = 1, Tokens = 3 }).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, 2L, 1, false), (result.Requests, result.Tokens, result.Short, result.CountedByUsage));
    }

    [Theory]
    [InlineData("ignore_eos")]
    [InlineData("stream_options")]
    [InlineData("ignore_eos,stream_options")]
    public async Task Servers_that_refuse_fields_they_do_not_know_are_asked_without_them(string refused)
    {
        await using var server = await ScriptedServer.StartAsync((context, body) =>
        {
            if (refused.Split(',').Any(field => body.TryGetProperty(field, out _)))
            {
                context.Response.StatusCode = 400;
                return Task.CompletedTask;
            }

            return ScriptedServer.SendAsync(context, ScriptedServer.Whole(body));
        });
        var result = await new LoadBench(Options(server) with { Requests = 3, Tokens = 4 }).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((3, 12L, 0), (result.Requests, result.Tokens, result.Errors));
    }

    [Fact]
    public async Task Requests_say_what_was_asked_for()
    {
        var requests = new List<(string Path, string Key, string Body)>();
        await using var server = await ScriptedServer.StartAsync((context, body) =>
        {
            lock (requests)
            {
                requests.Add((context.Request.Path, context.Request.Headers.Authorization.ToString(), body.GetRawText()));
            }

            return ScriptedServer.SendAsync(context, ScriptedServer.Whole(body));
        });
        var options = Options(server) with { Requests = 1, Tokens = 4, ApiKey = "secret" };
        await new LoadBench(options).RunAsync(TestContext.Current.CancellationToken);
        await new LoadBench(options with { Chat = true, Model = "other", KeepEnd = true }).RunAsync(TestContext.Current.CancellationToken);
        await new LoadBench(options with { Prompt = null, PromptTokens = 5 }).RunAsync(TestContext.Current.CancellationToken);
        Assert.All(requests, r => Assert.Equal("Bearer secret", r.Key));
        Assert.Equal(("/v1/completions", """{"model":"scripted","prompt":"Once","max_tokens":4,"stream":true,"stream_options":{"include_usage":true},"ignore_eos":true}"""), (requests[1].Path, requests[1].Body));
        Assert.Equal(("/v1/chat/completions", """{"model":"other","messages":[{"role":"user","content":"Once"}],"max_tokens":4,"stream":true,"stream_options":{"include_usage":true}}"""), (requests[3].Path, requests[3].Body));
        Assert.Equal(5, JsonDocument.Parse(requests[5].Body).RootElement.GetProperty("prompt").GetArrayLength());
    }

    [Fact]
    public async Task Chat_replies_are_counted_without_the_chunk_that_only_names_the_role()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => ScriptedServer.SendAsync(
            context,
            """
            data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

            data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}

            data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}

            data: [DONE]


            """));
        var result = await new LoadBench(Options(server) with { Requests = 1, Tokens = 1, Chat = true }).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, 1L), (result.Requests, result.Tokens));
    }

    [Theory]
    [InlineData("status", "http_429")]
    [InlineData("abort", "disconnected")]
    [InlineData("error", "error_event")]
    [InlineData("end", "incomplete")]
    public async Task Failures_are_counted_by_kind_and_do_not_end_the_measurement(string failure, string kind)
    {
        var count = 0;
        await using var server = await ScriptedServer.StartAsync(async (context, body) =>
        {
            if (ScriptedServer.IsProbe(body) || Interlocked.Increment(ref count) % 2 == 0)
            {
                await ScriptedServer.SendAsync(context, ScriptedServer.Whole(body));
                return;
            }

            if (failure == "status")
            {
                context.Response.StatusCode = 429;
                return;
            }

            await ScriptedServer.SendAsync(context, ScriptedServer.Text("a"));
            switch (failure)
            {
                case "abort":
                    context.Abort();
                    break;
                case "error":
                    await ScriptedServer.SendAsync(context, """event: error""" + "\n" + """data: {"error":{"message":"lost"}}""" + "\n\n");
                    break;
                default:
                    break;
            }
        });
        var result = await new LoadBench(Options(server) with { Requests = 6, Tokens = 4 }).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new Dictionary<string, int> { [kind] = 3 }, result.ErrorKinds);
        Assert.Equal((3, 3), (result.Requests, result.Errors));

        // The text before a broken connection may be lost with it.
        Assert.InRange(result.Tokens, failure is "status" or "abort" ? 12 : 15, failure == "status" ? 12 : 15);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_given_up()
    {
        await using var server = await ScriptedServer.StartAsync((context, body) => ScriptedServer.IsProbe(body)
            ? ScriptedServer.SendAsync(context, ScriptedServer.Whole(body))
            : Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        var result = await new LoadBench(Options(server) with { Requests = 1, Tokens = 4, Timeout = TimeSpan.FromMilliseconds(50) }).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new Dictionary<string, int> { ["timeout"] = 1 }, result.ErrorKinds);
        Assert.Null(result.Ttft.P50);
    }

    [Fact]
    public async Task The_closed_loop_keeps_exactly_one_request_per_client_in_flight()
    {
        var inFlight = 0;
        var most = 0;
        var allArrived = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(async (context, body) =>
        {
            if (!ScriptedServer.IsProbe(body))
            {
                var now = Interlocked.Increment(ref inFlight);
                most = Math.Max(most, now);
                if (now == 4)
                {
                    allArrived.TrySetResult();
                }

                await allArrived.Task;
                Interlocked.Decrement(ref inFlight);
            }

            await ScriptedServer.SendAsync(context, ScriptedServer.Whole(body));
        });
        var result = await new LoadBench(Options(server) with { Clients = 4, Requests = 40, Tokens = 2 }).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((4, 40, 4), (result.Clients, result.Requests, most));
    }

    [Fact]
    public async Task The_open_loop_does_not_wait_for_replies()
    {
        var arrived = 0;
        var allArrived = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(async (context, body) =>
        {
            if (!ScriptedServer.IsProbe(body))
            {
                if (Interlocked.Increment(ref arrived) == 20)
                {
                    allArrived.SetResult();
                }

                await allArrived.Task;
            }

            await ScriptedServer.SendAsync(context, ScriptedServer.Whole(body));
        });
        var result = await new LoadBench(Options(server) with { Rate = 500, Requests = 20, Tokens = 2 }).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((20, 20, 40L), (result.Clients, result.Requests, result.Tokens));
    }

    [Fact]
    public async Task A_measurement_by_duration_counts_what_it_cuts_off_and_no_error()
    {
        await using var server = await ScriptedServer.StartAsync(async (context, body) =>
        {
            while (!ScriptedServer.IsProbe(body) && !context.RequestAborted.IsCancellationRequested)
            {
                await ScriptedServer.SendAsync(context, ScriptedServer.Text("a"));
            }

            await ScriptedServer.SendAsync(context, ScriptedServer.Done);
        });
        var result = await new LoadBench(Options(server) with { Clients = 2, Requests = null, Duration = TimeSpan.FromMilliseconds(200) }).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, 0, 2), (result.Requests, result.Errors, result.Unfinished));
        Assert.True(result.Tokens > 0);
    }

    [Fact]
    public async Task What_the_end_of_a_measurement_would_cut_off_is_read_to_its_end_when_asked_for()
    {
        var duration = TimeSpan.FromMilliseconds(200);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await using var server = await ScriptedServer.StartAsync(async (context, body) =>
        {
            // The clock runs since before the measurement, so this outlasts it.
            while (!ScriptedServer.IsProbe(body) && clock.Elapsed < 3 * duration)
            {
                await ScriptedServer.SendAsync(context, ScriptedServer.Text("a"));
            }

            await ScriptedServer.SendAsync(context, ScriptedServer.Done);
        });
        using var bench = new LoadBench(Options(server) with { Clients = 2, Requests = null, Duration = duration, Ramp = duration / 4, Finish = true });
        await bench.PrepareAsync(TestContext.Current.CancellationToken);
        clock.Restart();
        var result = (await bench.MeasureAsync(TestContext.Current.CancellationToken)).Summarize();
        Assert.Equal((0, 0), (result.Errors, result.Unfinished));
        Assert.True(result.Requests >= 2);
        Assert.Equal(result.Tokens, bench.Received);
    }

    [Fact]
    public async Task In_a_measurement_by_duration_clients_fall_out_of_step()
    {
        var lengths = new System.Collections.Concurrent.ConcurrentQueue<int>();
        await using var server = await ScriptedServer.StartAsync((context, body) =>
        {
            if (!ScriptedServer.IsProbe(body))
            {
                lengths.Enqueue(body.GetProperty("max_tokens").GetInt32());
            }

            return ScriptedServer.SendAsync(context, ScriptedServer.Whole(body));
        });
        var options = Options(server) with { Clients = 8, Requests = null, Duration = TimeSpan.FromMilliseconds(300), Tokens = 100 };
        var result = await new LoadBench(options).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, 0), (result.Short, result.Errors));
        Assert.All(lengths, length => Assert.InRange(length, 1, 100));
        Assert.InRange(lengths.Count(length => length < 100), 5, 8);
        Assert.True(lengths.Count > 8);
    }

    [Fact]
    public async Task In_a_measurement_by_duration_the_times_of_first_replies_which_all_come_at_once_do_not_count()
    {
        await using var server = await ScriptedServer.StartWholeAsync();
        using var bench = new LoadBench(Options(server) with { Clients = 8, Requests = null, Duration = TimeSpan.FromMilliseconds(300), Tokens = 4, Finish = true });
        await bench.PrepareAsync(TestContext.Current.CancellationToken);
        var seen = (await bench.MeasureAsync(TestContext.Current.CancellationToken)).Tally;
        Assert.True(seen.Requests > 16, $"only {seen.Requests} requests were answered");
        Assert.Equal(seen.Requests - 8, seen.FirstToken.Count);
        Assert.Equal((seen.Requests - 8) * 3, seen.BetweenTokens.Count);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_one_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var run = await CommandRun.Of("bench", "load", "--url", $"http://127.0.0.1:{port}");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"foxtrot: http://127.0.0.1:{port}/ cannot be reached: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_server_says_when_it_refuses_is_shown()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) =>
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsync("""{"error":{"message":"there is no model nope"}}""");
        });
        var run = await CommandRun.Of("bench", "load", "--url", server.Url, "--model", "nope");
        Assert.Equal((1, $"foxtrot: {server.Url}/v1/completions answers 404: there is no model nope\n"), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData("--url ftp://x", "--url must be an http or https address, but is 'ftp://x'")]
    [InlineData("--clients 0", "--clients must be in [1, 10000], but is 0")]
    [InlineData("--tokens 0", "--tokens must be in [1, 1048576], but is 0")]
    [InlineData("--rate 0", "--rate must be above 0 and at most 1000000, but is 0")]
    [InlineData("--duration NaN", "--duration must be above 0 and at most 604800, but is NaN")]
    [InlineData("--rate 5 --clients 3", "--clients and --rate exclude each other")]
    [InlineData("--duration 5 --requests 3", "--requests and --duration exclude each other")]
    [InlineData("--prompt a --prompt-tokens 3", "--prompt-tokens and --prompt exclude each other")]
    [InlineData("--alone", "--alone needs at least one --tenant")]
    [InlineData("--rounds 2", "--rounds needs at least one --tenant")]
    [InlineData("--tenant name=a --duration 1 --rounds 0", "--rounds must be in [1, 1000], but is 0")]
    [InlineData("--tenant name=a", "--tenant needs --duration, so that all of them are there all the time")]
    [InlineData("--tenant name=a --tenant name=a --duration 1", "--tenant name must be given once each, but 'a' is given 2 times")]
    [InlineData("--tenant clients=2 --duration 1", "--tenant must have a name, but is 'clients=2'")]
    [InlineData("--tenant name=a,clients=0 --duration 1", "--tenant clients must be an integer in [1, 10000], but is '0'")]
    [InlineData("--tenant name=a,size=3 --duration 1", "--tenant has no part 'size': it knows name, key-file, clients, rate, tokens, prompt-tokens")]
    [InlineData("--tenant name --duration 1", "--tenant must be parts like clients=4 with commas between them, but has 'name'")]
    [InlineData("--tenant name=a --duration 1 --clients 3", "--clients and --tenant exclude each other")]
    public async Task Bad_options_are_refused(string arguments, string message)
    {
        var run = await CommandRun.Of(["bench", "load", .. arguments.Split(' ')]);
        Assert.Equal((2, $"foxtrot: {message}\n"), (run.ExitCode, run.Error));
    }

    private static LoadBenchOptions Options(ScriptedServer server) => new() { Server = new Uri(server.Url + "/"), Clients = 1, Prompt = "Once" };
}
