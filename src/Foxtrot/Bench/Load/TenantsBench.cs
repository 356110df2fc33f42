namespace Foxtrot.Bench.Load;

/// <summary>Measures what several tenants get from one server: each of them alone first, then all at the same time.</summary>
/// <param name="tenants">At least one, with durations.</param>
/// <param name="alone">Whether to measure each of them alone too.</param>
internal sealed class TenantsBench(IReadOnlyList<TenantLoad> tenants, bool alone)
{
    /// <summary>Runs everything.</summary>
    /// <exception cref="LoadTargetException">The server cannot be measured.</exception>
    public async Task<TenantsBenchResult> RunAsync(CancellationToken cancellationToken)
    {
        var benches = tenants.Select(t => new LoadBench(t.Options)).ToArray();
        try
        {
            var before = new LoadBenchResult?[benches.Length];
            for (var i = 0; i < benches.Length; i++)
            {
                await benches[i].PrepareAsync(cancellationToken);
                before[i] = alone ? await benches[i].MeasureAsync(cancellationToken) : null;
            }

            var together = await Task.WhenAll(benches.Select(b => b.MeasureAsync(cancellationToken)));
            var sum = together.Sum(r => r.TokensPerSecond);
            return new TenantsBenchResult(
                MachineDescription.Current(),
                Math.Round(sum, 1),
                Math.Round(together.Sum(r => r.PromptTokensPerSecond), 1),
                together.Sum(r => r.Errors),
                [.. tenants.Select((t, i) => new TenantBenchResult(t.Name, Part(before[i]), Part(together[i])!, sum > 0 ? Math.Round(together[i].TokensPerSecond / sum, 4) : 0))]);
        }
        finally
        {
            foreach (var bench in benches)
            {
                bench.Dispose();
            }
        }
    }

    // The clients of all tenants share this process: its time per token is nobody's own.
    private static LoadBenchResult? Part(LoadBenchResult? result) => result is null ? null : result with { ClientCpuUsPerToken = null };
}
