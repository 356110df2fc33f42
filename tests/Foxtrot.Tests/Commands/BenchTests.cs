namespace Foxtrot.Tests.Commands;

/// <summary>The documents that the benches print; what the numbers are is for people to read.</summary>
public sealed class BenchTests
{
    [Fact]
    public async Task Bench_sampler_prints_a_row_per_case_vocabulary_and_batch()
    {
        var run = await CommandRun.Of("bench", "sampler", "--json", "--vocab", "1000", "--batch", "1,2", "--cases", "temperature,topp90");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["machine", "rows"], run.Json.EnumerateObject().Select(p => p.Name));
        var rows = run.Json.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(4, rows.Count);
        Assert.All(rows, row =>
        {
            Assert.Equal(["case", "vocab", "batch", "median_us", "p99_us", "ratio_to_read", "allocated_bytes"], row.EnumerateObject().Select(p => p.Name));
            Assert.True(row.GetProperty("median_us").GetDouble() > 0);
            Assert.True(row.GetProperty("allocated_bytes").GetDouble() >= 0);
        });
    }

    [Fact]
    public async Task Bench_engine_prints_engine_and_bare_loop_side_by_side()
    {
        var run = await CommandRun.Of("bench", "engine", "--json", "--rounds", "1", "--batch", "1,4", "--context", "64");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["machine", "model", "rows"], run.Json.EnumerateObject().Select(p => p.Name));
        var rows = run.Json.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(["decode 1", "decode 4", "prefill 1"], rows.Select(r => $"{r.GetProperty("phase").GetString()} {r.GetProperty("batch").GetInt32()}"));
        Assert.All(rows, row =>
        {
            Assert.Equal(["phase", "batch", "context", "tokens_per_s", "bare_tokens_per_s", "ratio"], row.EnumerateObject().Select(p => p.Name));
            Assert.True(row.GetProperty("tokens_per_s").GetDouble() > 0);
        });
    }

    [Theory]
    [InlineData("sampler --rows round", "--rows must be peaked or flat, but is 'round'")]
    [InlineData("sampler --cases nope", "but has 'nope'")]
    [InlineData("sampler --vocab 5", "--vocab must be in [1000, 10000000], but is 5")]
    [InlineData("engine --rounds 0", "--rounds must be in [1, 1000], but is 0")]
    [InlineData("engine --batch 0", "--batch must be in [1, 1024], but is 0")]
    [InlineData("engine --context 513", "--context must be in [48, 512], but is 513")]
    public async Task Bad_options_are_refused(string arguments, string message)
    {
        var run = await CommandRun.Of(["bench", .. arguments.Split(' ')]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }
}
