namespace Foxtrot.Bench.Load;

/// <summary>Measures what several tenants get from one server: each of them alone, and all at the same time.</summary>
/// <remarks>
/// In rounds, because machines drift: what is compared has then been measured at nearly the same times. Each figure is over all rounds.
/// </remarks>
/// <param name="tenants">At least one, with durations.</param>
/// <param name="alone">Whether to measure each of them alone too.</param>
/// <param name="rounds">How often, at least 1.</param>
internal sealed class TenantsBench(IReadOnlyList<TenantLoad> tenants, bool alone, int rounds)
{
    /// <summary>Runs everything.</summary>
    /// <exception cref="LoadTargetException">The server cannot be measured.</exception>
    public async Task<TenantsBenchResult> RunAsync(CancellationToken cancellationToken)
    {
        var benches = tenants.Select(t => new LoadBench(t.Options)).ToArray();
        try
        {
            foreach (var bench in benches)
            {
                await bench.PrepareAsync(cancellationToken);
            }

            var before = new LoadMeasurement?[benches.Length];
            var during = new LoadMeasurement?[benches.Length];
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; alone && i < benches.Length; i++)
                {
                    Add(ref before[i], await benches[i].MeasureAsync(cancellationToken));
                }

                var together = await Task.WhenAll(benches.Select(b => b.MeasureAsync(cancellationToken)));
                for (var i = 0; i < benches.Length; i++)
                {
                    Add(ref during[i], together[i]);
                }
            }

            return Result([.. before.Select(Part)], [.. during.Select(m => Part(m)!)]);
        }
        finally
        {
            foreach (var bench in benches)
            {
                bench.Dispose();
            }
        }
    }

    private static void Add(ref LoadMeasurement? all, LoadMeasurement one)
    {
        if (all is null)
        {
            all = one;
        }
        else
        {
            all.Add(one);
        }
    }

    // The clients of all tenants share this process: its time per token is nobody's own.
    private static LoadBenchResult? Part(LoadMeasurement? measurement) =>
        measurement is null ? null : measurement.Summarize() with { ClientCpuUsPerToken = null };

    private TenantsBenchResult Result(LoadBenchResult?[] before, LoadBenchResult[] together)
    {
        var sum = together.Sum(r => r.TokensPerSecond);
        return new TenantsBenchResult(
            MachineDescription.Current(),
            rounds,
            Math.Round(sum, 1),
            Math.Round(together.Sum(r => r.PromptTokensPerSecond), 1),
            together.Sum(r => r.Errors),
            [.. tenants.Select((t, i) => new TenantBenchResult(t.Name, before[i], together[i], sum > 0 ? Math.Round(together[i].TokensPerSecond / sum, 4) : 0)
            {
                TotalRatio = before[i] is { TokensPerSecond: > 0 } one ? Math.Round(sum / one.TokensPerSecond, 4) : null,
            })]);
    }
}
