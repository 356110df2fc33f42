using System.Collections.Concurrent;
using Foxtrot.Tests.Commands;

namespace Foxtrot.Tests.Bench.Load;

public sealed class TenantsBenchTests
{
    [Fact]
    public async Task Tenants_are_measured_alone_and_together_each_with_its_own_key_and_requests()
    {
        using var keys = new KeyFiles("greedy-key", "light-key");
        var seen = new ConcurrentDictionary<string, ConcurrentBag<int>>();
        await using var server = await ScriptedServer.StartAsync(async (context, body) =>
        {
            if (!ScriptedServer.IsProbe(body))
            {
                seen.GetOrAdd(context.Request.Headers.Authorization.ToString(), _ => []).Add(body.GetProperty("max_tokens").GetInt32());
            }

            await ScriptedServer.SendAsync(context, ScriptedServer.Whole(body));
        });
        var run = await CommandRun.Of(
            "bench", "load", "--url", server.Url, "--duration", "0.2", "--rounds", "2", "--alone", "--json",
            "--tenant", $"name=greedy,clients=4,tokens=8,key-file={keys.Paths[0]}",
            "--tenant", $"name=light,clients=1,tokens=2,key-file={keys.Paths[1]}");
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.Equal(["Bearer greedy-key", "Bearer light-key"], seen.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(8, seen["Bearer greedy-key"].Max());
        Assert.Equal(2, seen["Bearer light-key"].Max());
        Assert.Equal(["machine", "rounds", "tokens_per_s", "prompt_tokens_per_s", "errors", "tenants"], run.Json.EnumerateObject().Select(p => p.Name));
        var tenants = run.Json.GetProperty("tenants").EnumerateArray().ToArray();
        Assert.Equal(["greedy", "light"], tenants.Select(t => t.GetProperty("name").GetString()!));
        Assert.Equal([4, 1], tenants.Select(t => t.GetProperty("together").GetProperty("clients").GetInt32()));
        Assert.Equal(1, tenants.Sum(t => t.GetProperty("share").GetDouble()), 0.001);
        Assert.All(tenants, t => Assert.True(t.GetProperty("together").GetProperty("prompt_tokens_per_s").GetDouble() > 0));
        Assert.All(tenants, t => Assert.True(t.GetProperty("alone").GetProperty("tokens").GetInt32() > 0));
        var total = run.Json.GetProperty("tokens_per_s").GetDouble();
        Assert.All(tenants, t => Assert.Equal(
            total / t.GetProperty("alone").GetProperty("tokens_per_s").GetDouble(), t.GetProperty("total_ratio").GetDouble(), 0.001));
        Assert.Equal(2, run.Json.GetProperty("rounds").GetInt32());
        Assert.All(tenants, t => Assert.InRange(t.GetProperty("alone").GetProperty("duration_s").GetDouble(), 0.3, 60));
        Assert.All(tenants, t => Assert.InRange(t.GetProperty("together").GetProperty("duration_s").GetDouble(), 0.3, 60));
        Assert.All(tenants, t => Assert.Equal(
            t.GetProperty("together").GetProperty("ttft_ms").GetProperty("p99").GetDouble() / t.GetProperty("alone").GetProperty("ttft_ms").GetProperty("p99").GetDouble(),
            t.GetProperty("ttft_p99_ratio").GetDouble(),
            0.001));
    }

    [Fact]
    public async Task People_get_a_row_for_each_tenant()
    {
        await using var server = await ScriptedServer.StartWholeAsync();
        var run = await CommandRun.Of("bench", "load", "--url", server.Url, "--duration", "0.1", "--tenant", "name=one,clients=1", "--tenant", "name=two,rate=50");
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.Contains("| one ", run.Output, StringComparison.Ordinal);
        Assert.Contains("| two ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("alone", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_file_that_is_not_there_is_one_line()
    {
        var run = await CommandRun.Of("bench", "load", "--duration", "1", "--tenant", "name=a,key-file=/no/such/file");
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("foxtrot: --tenant key-file cannot be read: ", run.Error, StringComparison.Ordinal);
    }

    private sealed class KeyFiles : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("foxtrot-keys-");

        public KeyFiles(params string[] keys) => Paths = [.. keys.Select(key =>
        {
            var path = Path.Combine(_folder.FullName, key);
            File.WriteAllText(path, key + "\n");
            return path;
        })];

        public string[] Paths { get; }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
