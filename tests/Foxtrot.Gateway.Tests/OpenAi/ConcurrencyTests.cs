using System.Net;
using System.Text.Json;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Streams;
using Foxtrot.Gateway.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Foxtrot.Gateway.Tests.OpenAi;

public sealed class ConcurrencyTests
{
    private const string Streamed = """{"model":"story","prompt":"x","stream":true}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Choices_come_in_the_order_of_their_tokens_with_their_index()
    {
        await using var gateway = await TestGateway.StartAsync(script: ScriptedStreams.Silent);
        using var response = await gateway.OpenAsync("/v1/completions", """{"model":"story","prompt":["x","y"],"n":2,"stream":true,"seed":"9"}""", Cancellation);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        var readers = gateway.Streams.Opened;
        Assert.Equal([0, 1, 0, 1], readers.Select(r => r.Request!.Choice));
        Assert.Equal(["x", "x", "y", "y"], readers.Select(r => r.Request!.Prompt.Text));
        Assert.All(readers, r => Assert.Equal(9ul, r.Request!.Seed));
        Assert.Equal(["", "-1", "-2", "-3"], readers.Select(r => r.Key.Session.ToString()[45..]));
        foreach (var index in (int[])[2, 0, 3, 3, 1])
        {
            readers[index].Say($"from {index}");
            var chunk = JsonDocument.Parse((await SseText.NextAsync(events))!.Data!).RootElement.GetProperty("choices")[0];
            Assert.Equal(index, chunk.GetProperty("index").GetInt32());
            Assert.Equal($"from {index}", chunk.GetProperty("text").GetString());
        }

        foreach (var reader in readers)
        {
            reader.Finish(Finish.Length);
            var last = JsonDocument.Parse((await SseText.NextAsync(events))!.Data!).RootElement.GetProperty("choices")[0];
            Assert.Equal("length", last.GetProperty("finish_reason").GetString());
        }

        Assert.Equal("[DONE]", (await SseText.NextAsync(events))!.Data);
        var usage = await gateway.Usage.NextAsync();
        Assert.Equal(new(10, 5, 4), usage.Usage);
        Assert.False(usage.Aborted);
        Assert.Equal([(5, 1, 1), (0, 1, 1), (5, 1, 1), (0, 2, 2)], usage.Outputs.Select(o => (o.Usage.PromptTokens, o.Usage.CompletionTokens, o.DeliveredTokens)));
    }

    [Fact]
    public async Task A_client_that_leaves_a_stream_cancels_it_and_its_usage_is_kept()
    {
        await using var gateway = await TestGateway.StartAsync(script: ScriptedStreams.Silent);
        using (var response = await gateway.OpenAsync("/v1/completions", Streamed, Cancellation))
        {
            gateway.Streams.Opened[0].Say("a").Say("b");
            using var events = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
            Assert.NotNull(await SseText.NextAsync(events));
            gateway.Streams.Opened[0].OnCancel = r => r.Say("one more, never sent").Finish(Finish.Cancelled);
        }

        var reader = gateway.Streams.Opened[0];
        await reader.Cancelled.WaitAsync(Cancellation);
        await reader.Disposed.WaitAsync(Cancellation);
        var usage = await gateway.Usage.NextAsync();
        Assert.Equal(new(5, 3, 2), usage.Usage);
        Assert.True(usage.Aborted);
        var output = Assert.Single(usage.Outputs);
        Assert.Equal((reader.Key.Session, usage.Usage, true), (output.Session, output.Usage, output.Began));
        Assert.InRange(output.DeliveredTokens, 1, 2);
    }

    [Fact]
    public async Task A_client_that_leaves_before_a_whole_answer_cancels_every_choice()
    {
        await using var gateway = await TestGateway.StartAsync(script: ScriptedStreams.Silent);
        using var leave = new CancellationTokenSource();
        var answer = gateway.OpenAsync("/v1/completions", """{"model":"story","prompt":"x","n":3}""", leave.Token);
        ScriptedReader[] readers = [await gateway.Streams.NextAsync(), await gateway.Streams.NextAsync(), await gateway.Streams.NextAsync()];
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        foreach (var reader in readers)
        {
            await reader.Disposed.WaitAsync(Cancellation);
        }

        Assert.All(readers, r => Assert.True(r.Cancelled.IsCompleted));
    }

    [Fact]
    public async Task The_usage_of_a_worker_that_never_says_its_end_is_what_was_read()
    {
        var time = new FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(time: time, script: ScriptedStreams.Silent);
        using (var response = await gateway.OpenAsync("/v1/completions", Streamed, Cancellation))
        {
            gateway.Streams.Opened[0].OnCancel = _ => { };
            gateway.Streams.Opened[0].Say("a");
            using var events = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
            Assert.NotNull(await SseText.NextAsync(events));
        }

        await gateway.Streams.Opened[0].Cancelled.WaitAsync(Cancellation);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(new(5, 1), (await gateway.Usage.NextAsync()).Usage);
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_up_nobody_and_is_not_read_ahead_for()
    {
        await using var gateway = await TestGateway.StartAsync(script: ScriptedStreams.Silent);
        using var slow = await gateway.OpenAsync("/v1/completions", Streamed, Cancellation);
        var text = new string('x', 10_000);
        for (var i = 0; i < 5000; i++)
        {
            gateway.Streams.Opened[0].Say(text);
        }

        gateway.Streams.Script = ScriptedStreams.Story;
        for (var i = 0; i < 20; i++)
        {
            var answer = await gateway.PostAsync("/v1/completions", Streamed);
            Assert.Equal("[DONE]", answer.Data[^1]);
        }

        // 50 MB are there to be sent; sockets take a few of them.
        Assert.InRange(gateway.Streams.Opened[0].Taken, 0, 4000);
    }

    [Fact]
    public async Task A_failure_after_the_first_byte_is_an_error_event_without_DONE_and_stops_the_other_choices()
    {
        await using var gateway = await TestGateway.StartAsync(script: ScriptedStreams.Silent);
        using var response = await gateway.OpenAsync("/v1/completions", """{"model":"story","prompt":"x","n":2,"stream":true}""", Cancellation);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        gateway.Streams.Opened[1].Say("a");
        Assert.Contains("\"a\"", (await SseText.NextAsync(events))!.Data, StringComparison.Ordinal);
        gateway.Streams.Opened[1].Finish(Finish.Failed, error: new(RefusalKind.Unavailable, "the worker was lost", null, "worker_lost", 1));
        var last = await SseText.NextAsync(events);
        Assert.Equal("error", last!.Event);
        Assert.Equal("""{"error":{"message":"the worker was lost","type":"server_error","param":null,"code":"worker_lost"}}""", last.Data);
        Assert.Null(await SseText.NextAsync(events));
        await gateway.Streams.Opened[0].Cancelled.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task An_unexpected_failure_after_the_first_byte_tells_nothing_secret()
    {
        await using var gateway = await TestGateway.StartAsync(script: r => r.Accept().Say("a").Break(new InvalidOperationException("secret")));
        var answer = await gateway.PostAsync("/v1/chat/completions", """{"model":"story","messages":[{"role":"user","content":"x"}],"stream":true}""");
        Assert.Contains("event: error\n", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Finish.Failed, 429)]
    [InlineData(Finish.Cancelled, 503)]
    public async Task A_failure_of_a_whole_answer_is_a_status(Finish finish, int status)
    {
        await using var gateway = await TestGateway.StartAsync(script: r => r.Accept().Say("a").Finish(finish, error: finish == Finish.Failed ? new(RefusalKind.QueueFull, "full") : null));
        var answer = await gateway.PostAsync("/v1/completions", """{"model":"story","prompt":"x","n":2}""");
        Assert.Equal(status, (int)answer.Status);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_silent_stream_gets_a_comment_every_fifteen_seconds()
    {
        var time = new FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(time: time, script: ScriptedStreams.Silent);
        using var response = await gateway.OpenAsync("/v1/chat/completions", """{"model":"story","messages":[{"role":"user","content":"x"}],"stream":true}""", Cancellation);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.Contains("assistant", (await SseText.NextAsync(events))!.Data, StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal("ping", (await SseText.NextAsync(events))!.Comment);
        }

        gateway.Streams.Opened[0].Say("a").Finish();
        Assert.Contains("\"a\"", (await SseText.NextAsync(events))!.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_choice_stops_the_others()
    {
        await using var gateway = await TestGateway.StartAsync(script: r => _ = r.Request!.Choice == 1 ? r.Refuse(new(RefusalKind.QueueFull, "full")) : r.Accept());
        var answer = await gateway.PostAsync("/v1/completions", """{"model":"story","prompt":"x","n":2}""");
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.Status);
        await gateway.Streams.Opened[0].Cancelled.WaitAsync(Cancellation);
    }
}
