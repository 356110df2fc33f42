using System.Text.Json;
using Foxtrot.Process.Tests.Processes;
using StackExchange.Redis;

namespace Foxtrot.Process.Tests.Scaling;

/// <summary><c>foxtrot bench scale</c> with real processes. How fast anything is, is for people to read.</summary>
[Collection(OneAtATime.Name)]
public sealed class ScaleBenchTests
{
    private static readonly string[] Arguments = ["--workers", "1,2", "--step", "10ms", "--slots", "8", "--clients-per-worker", "8", "--tokens", "32", "--duration", "2", "--json"];

    [Fact]
    public async Task Every_token_that_workers_generate_is_received_and_nothing_is_left_behind()
    {
        await using var garnet = await GarnetServer.StartAsync();
        using var result = JsonDocument.Parse(await RunAsync(["bench", "scale", "--redis", garnet.Endpoint, .. Arguments]));
        var rows = result.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal([1, 2], rows.Select(row => row.GetProperty("workers").GetInt32()));
        Assert.All(rows, row =>
        {
            Assert.Equal("{}", row.GetProperty("error_kinds").GetRawText());
            var accounting = row.GetProperty("accounting");
            var generated = accounting.GetProperty("generated").EnumerateArray().Select(tokens => tokens.GetInt64()).ToArray();
            Assert.Equal(row.GetProperty("workers").GetInt32(), generated.Length);
            Assert.All(generated, tokens => Assert.True(tokens > 0, "a worker generated nothing"));
            Assert.Equal(accounting.GetProperty("received").GetInt64(), generated.Sum());

            // What was received within the measurement is a part of it, and no worker is faster than its steps.
            var seconds = row.GetProperty("duration_s").GetDouble();
            Assert.InRange(row.GetProperty("tokens_per_s").GetDouble() * seconds, 1, generated.Sum());
            Assert.True(row.GetProperty("cpu_us_per_token").GetProperty("gateway").GetDouble() > 0);
            Assert.True(row.GetProperty("cpu_us_per_token").GetProperty("workers").GetDouble() > 0);
            Assert.InRange(row.GetProperty("slots_used").GetDouble(), 0, 1);
        });

        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{garnet.Endpoint},allowAdmin=true");
        Assert.Empty(redis.GetServers().SelectMany(server => server.Keys()));
    }

    private static async Task<string> RunAsync(string[] arguments)
    {
        var lines = new List<string>();
        await using var process = ChildProcess.Start(
            "bench scale", "dotnet", [Path.Combine(AppContext.BaseDirectory, "foxtrot.dll"), .. arguments], onLine: lines.Add);
        try
        {
            var exit = await Deadline.Within(process.Exit, "the bench ends", process.Describe, TimeSpan.FromMinutes(4));
            return exit == 0 ? string.Join('\n', lines) : throw new InvalidOperationException(process.Describe());
        }
        catch (TimeoutException)
        {
            // So that it ends what it started.
            process.Send(Signal.Terminate);
            await Deadline.Within(process.Exit, "the bench ends after SIGTERM", process.Describe);
            throw;
        }
    }
}
