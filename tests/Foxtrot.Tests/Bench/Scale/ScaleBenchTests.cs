using System.Text.Json;
using Foxtrot.Bench;
using Foxtrot.Bench.Load;
using Foxtrot.Bench.Scale;
using Foxtrot.Tests.Commands;

namespace Foxtrot.Tests.Bench.Scale;

/// <summary>What needs no processes; those are in Foxtrot.Process.Tests.</summary>
public sealed class ScaleBenchTests
{
    [Theory]
    [InlineData("", "--redis must be given: the processes of a cluster find each other there")]
    [InlineData("--redis x:1 --workers 0", "--workers must be in [1, 64], but is 0")]
    [InlineData("--redis x:1 --workers two", "--workers must be a list of whole numbers, but has 'two'")]
    [InlineData("--redis x:1 --step 20s", "--step must be milliseconds in [1, 10000], such as 20ms, but is '20s'")]
    [InlineData("--redis x:1 --step 0.5", "--step must be milliseconds in [1, 10000], such as 20ms, but is '0.5'")]
    [InlineData("--redis x:1 --slots 0", "--slots must be in [1, 4096], but is 0")]
    [InlineData("--redis x:1 --clients-per-worker 0", "--clients-per-worker must be in [1, 4096], but is 0")]
    [InlineData("--redis x:1 --tokens 0", "--tokens must be in [1, 256], but is 0")]
    [InlineData("--redis x:1 --duration 0", "--duration must be in [1, 3600], but is 0")]
    public async Task Bad_options_are_refused(string arguments, string message)
    {
        var run = await CommandRun.Of(["bench", "scale", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal((2, $"foxtrot: {message}\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_redis_that_is_not_there_is_one_line()
    {
        var run = await CommandRun.Of("bench", "scale", "--redis", "127.0.0.1:1,connectTimeout=100,connectRetry=1", "--workers", "1");
        Assert.Equal((1, "foxtrot: --redis 127.0.0.1:1 cannot be reached: start a Redis, or Garnet with --lua --lua-transaction-mode\n"), (run.ExitCode, run.Error));
    }

    [Theory]
    [InlineData(0.95, 0.96, 1.0, "steps")]
    [InlineData(0.7, 0.95, 0.98, "processor")]
    [InlineData(0.7, 0.75, 0.5, "slots")]
    [InlineData(0.7, 0.98, 0.5, "overhead")]
    [InlineData(0.7, 0.98, null, "overhead")]
    public void What_kept_a_cluster_from_the_ideal_is_named(double toIdeal, double slotsUsed, double? busy, string limit) =>
        Assert.Equal(limit, ScaleBench.FirstLimit(toIdeal, slotsUsed, busy));

    [Fact]
    public void Balance_is_the_largest_relative_to_the_mean()
    {
        Assert.Equal(1.5, ScaleBench.LargestToMean([10, 30, 20]));
        Assert.Equal(1, ScaleBench.LargestToMean([0, 0]));
    }

    [Fact]
    public void The_document_has_the_promised_keys()
    {
        var row = new ScaleBenchRow(
            2, 100, 50, 0.9, 0.8, 0.95, 20.5, new(1, 1.1, 1.05), new(1, 2, 3), new(0.1, 0.2, 0.3, null), new Latency(1, 2, 3), new Latency(1, 2, 3), 1, "steps",
            new(300, [100, 200]))
        {
            ErrorKinds = new Dictionary<string, int> { ["timeout"] = 1 },
            DurationSeconds = 15,
        };
        using var document = JsonDocument.Parse(BenchJson.Write(new ScaleBenchResult(MachineDescription.Current(), 20, 64, 64, 128, [row])));
        Assert.Equal(["machine", "step_ms", "slots", "clients_per_worker", "tokens_per_request", "rows"], Keys(document.RootElement));
        var written = document.RootElement.GetProperty("rows")[0];
        Assert.Equal(
            [
                "workers", "tokens_per_s", "tokens_per_s_per_worker", "ratio_to_one", "ratio_to_ideal", "slots_used", "step_ms", "balance", "cpu_us_per_token", "cores",
                "ttft_ms", "itl_ms", "errors", "first_limit", "accounting", "error_kinds", "duration_s",
            ],
            Keys(written));
        Assert.Equal(["sequences_p50", "sequences_max", "tokens"], Keys(written.GetProperty("balance")));
        Assert.Equal(["gateway", "workers", "clients"], Keys(written.GetProperty("cpu_us_per_token")));
        Assert.Equal(["gateway", "workers", "clients", "others"], Keys(written.GetProperty("cores")));
        Assert.Equal(["p50", "p99", "max"], Keys(written.GetProperty("itl_ms")));
        Assert.Equal(["received", "generated"], Keys(written.GetProperty("accounting")));
    }

    private static IEnumerable<string> Keys(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
}
