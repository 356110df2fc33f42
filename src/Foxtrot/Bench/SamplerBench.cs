using Foxtrot.Sampling;

namespace Foxtrot.Bench;

/// <summary>Times <see cref="BatchSampler"/> on rows like a language model's, next to one vectorised read of the same rows.</summary>
/// <remarks>
/// One call samples one batch. Sampling overwrites its logits, so before every timed call the rows are copied back, untimed;
/// they are then as warm in the caches as a forward pass that has just written them would leave them, which for a batch larger
/// than the caches means not warm. The read is timed in the same loop after the same copy.
/// </remarks>
public static class SamplerBench
{
    /// <summary>Runs every case of <paramref name="options"/> at every vocabulary and batch size, one after the other.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="progress">Told each case's label as it starts.</param>
    /// <param name="cancellation">Looked at between cases and calls.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size, thread count or call count is out of its range.</exception>
    public static SamplerBenchResult Run(
        SamplerBenchOptions options, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        Check(options);
        var rows = new List<SamplerBenchRow>();
        using var sampler = new BatchSampler(options.Threads);
        foreach (var vocabulary in options.Vocabularies)
        {
            foreach (var batch in options.Batches)
            {
                var measurement = new SamplerMeasurement(sampler, vocabulary, batch, options);
                foreach (var benchCase in options.Cases)
                {
                    progress?.Report($"{benchCase.Name}, {vocabulary} tokens, batch {batch}");
                    rows.Add(measurement.Run(benchCase, cancellation));
                }
            }
        }

        return new SamplerBenchResult(MachineDescription.Current(), [.. rows.OrderBy(row => CaseRank(options, row.Case))]);
    }

    private static int CaseRank(SamplerBenchOptions options, string name)
    {
        for (var i = 0; i < options.Cases.Count; i++)
        {
            if (options.Cases[i].Name == name)
            {
                return i;
            }
        }

        return options.Cases.Count;
    }

    private static void Check(SamplerBenchOptions options)
    {
        foreach (var vocabulary in options.Vocabularies)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, BenchRows.LeastVocabulary, "vocab");
        }

        foreach (var batch in options.Batches)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1, "batch");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, "threads");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LeastCalls, 1, "least_calls");
    }
}
