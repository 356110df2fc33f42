using System.Diagnostics;
using System.Net;
using System.Text;
using Foxtrot.Bench.Load;

namespace Foxtrot.Tests.Bench.Load;

public sealed class LoadClientTests
{
    [Fact]
    public async Task The_wait_for_the_first_text_and_the_gaps_between_texts_are_told_apart()
    {
        var clock = new Clock();
        using var http = new HttpClient(new Reply(
            clock,
            (7, ScriptedServer.Text("")),
            (3, ScriptedServer.Text("a")),
            (20, ScriptedServer.Text("b")[..9]),
            (2, ScriptedServer.Text("b")[9..]),
            (40, ScriptedServer.Text("c") + ScriptedServer.Text("d")),
            (50, ScriptedServer.Usage(4)),
            (60, ScriptedServer.Done)));
        http.BaseAddress = new Uri("http://localhost/");
        var client = new LoadClient(http, TimeSpan.FromMinutes(1), clock);
        Assert.True(await client.RunAsync("v1/completions", default, 4, clock.GetTimestamp(), TestContext.Current.CancellationToken));

        Assert.Equal((1, 4L, 0), (client.Tally.Requests, client.Tally.Tokens, client.Tally.Short));
        Assert.Equal(new Latency(10, 10, 10), Latency.Of(client.Tally.FirstToken));
        Assert.Equal((3, new Latency(22, 40, 40)), (client.Tally.BetweenTokens.Count, Latency.Of(client.Tally.BetweenTokens)));
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => _now;

        public void Advance(int milliseconds) => _now += milliseconds * Stopwatch.Frequency / 1000;
    }

    /// <summary>Answers with parts, each some milliseconds after the one before.</summary>
    private sealed class Reply(Clock clock, params (int Milliseconds, string Text)[] parts) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Parts(clock, parts)) });
    }

    private sealed class Parts(Clock clock, (int Milliseconds, string Text)[] parts) : MemoryStream
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_next == parts.Length)
            {
                return ValueTask.FromResult(0);
            }

            clock.Advance(parts[_next].Milliseconds);
            return ValueTask.FromResult(Encoding.UTF8.GetBytes(parts[_next++].Text, buffer.Span));
        }
    }
}
