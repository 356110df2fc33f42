using System.Globalization;
using System.Text;
using Foxtrot.Process.Tests.Chaos;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Robustness;

/// <summary>Connections that do not behave leave the others alone, and nothing behind.</summary>
[Collection(OneAtATime.Name)]
public sealed class ConnectionTests(EmbeddedServer server) : IClassFixture<EmbeddedServer>
{
    private const int Crowd = 1500;
    private const int FewHandles = 32;
    private const long SomeMemory = 64L << 20;

    private static readonly IReadOnlyList<StreamPlan> Others = [.. ChaosPlans.All.Take(12)];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Half_open_connections_disturb_no_stream_and_leave_nothing_behind()
    {
        var reference = await server.RunAsync(Others);
        await ThrongAsync(reference);
        var (handles, memory) = (server.Process.OpenHandles, server.Process.ResidentBytes);

        await ThrongAsync(reference);
        await ThrongAsync(reference);

        await AssertBackAsync(handles, memory);
    }

    [Fact]
    public async Task Slow_readers_disturb_no_stream_and_leave_nothing_behind()
    {
        var reference = await server.RunAsync(Others);
        await LoiterAsync(reference);
        var (handles, memory) = (server.Process.OpenHandles, server.Process.ResidentBytes);

        await LoiterAsync(reference);
        await LoiterAsync(reference);

        await AssertBackAsync(handles, memory);
    }

    private async Task ThrongAsync(IReadOnlyList<StreamRecord> reference)
    {
        string[] beginnings =
        [
            "", "P", "POST /v1/completions HTTP/1.1\r\nHo", "GET /v1/models HTTP/1.1\r\nHost: foxtrot\r\nX-Long: " + new string('x', 2000),
            "POST /v1/completions HTTP/1.1\r\nHost: foxtrot\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"model\": \"foxtrot",
            "POST /v1/completions HTTP/1.1\r\nHost: foxtrot\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"mod",
        ];
        var connections = Enumerable.Range(0, Crowd).Select(_ => new RawRequest()).ToArray();
        try
        {
            await Deadline.Within(
                Task.WhenAll(connections.Select((connection, i) => connection.SendAsync(server.Address, beginnings[i % beginnings.Length], Cancelled))),
                "all connect",
                server.Process.Describe);
            await AssertUndisturbedAsync(reference);
        }
        finally
        {
            Array.ForEach(connections, connection => connection.Dispose());
        }
    }

    private async Task LoiterAsync(IReadOnlyList<StreamRecord> reference)
    {
        var body = $$"""{"model": "{{StreamPlan.Model}}", "prompt": "One day", "max_tokens": 400, "n": 4, "logprobs": 5, "ignore_eos": true, "stream": true}""";
        var length = Encoding.UTF8.GetByteCount(body).ToString(CultureInfo.InvariantCulture);
        var request = $"POST /v1/completions HTTP/1.1\r\nHost: foxtrot\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}";
        var connections = Enumerable.Range(0, 6).Select(_ => new RawRequest { ReceiveBuffer = 2048 }).ToArray();
        try
        {
            foreach (var connection in connections)
            {
                await connection.SendAsync(server.Address, request, Cancelled);
                Assert.Equal(200, await Deadline.Within(connection.StatusAsync(Cancelled), "the stream begins", server.Process.Describe));
            }

            await AssertUndisturbedAsync(reference);
        }
        finally
        {
            Array.ForEach(connections, connection => connection.Dispose());
        }
    }

    private async Task AssertUndisturbedAsync(IReadOnlyList<StreamRecord> reference)
    {
        var records = await server.RunAsync(Others);
        var differences = reference.Zip(records, RecordComparison.Difference).OfType<string>().ToArray();
        Assert.True(differences.Length == 0, string.Join(Environment.NewLine, differences.Append(server.Process.Describe())));
    }

    private async Task AssertBackAsync(int handles, long memory)
    {
        await Deadline.Until(
            () => Task.FromResult(server.Process.OpenHandles <= handles + FewHandles),
            $"the server holds no more handles than before ({handles})",
            () => $"It holds {server.Process.OpenHandles}.{Environment.NewLine}{server.Process.Describe()}");
        await Deadline.Until(
            () => Task.FromResult(server.Process.ResidentBytes <= memory + SomeMemory),
            $"the server has no more memory than before ({memory >> 20} MB)",
            () => $"It has {server.Process.ResidentBytes >> 20} MB.{Environment.NewLine}{server.Process.Describe()}");
    }
}
