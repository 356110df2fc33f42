namespace Foxtrot.Bench;

/// <summary>The document that <c>foxtrot bench sampler --json</c> prints.</summary>
/// <param name="Machine">Where it ran.</param>
/// <param name="Rows">One entry per case, vocabulary and batch.</param>
public sealed record SamplerBenchResult(MachineDescription Machine, IReadOnlyList<SamplerBenchRow> Rows);

/// <summary>One case at one size.</summary>
/// <param name="Case">Name of the <see cref="SamplerBenchCase"/>.</param>
/// <param name="Vocab">Tokens per row.</param>
/// <param name="Batch">Rows per call.</param>
/// <param name="MedianUs">Median over calls of the time per row, in microseconds.</param>
/// <param name="P99Us">99th percentile over calls of the time per row, in microseconds.</param>
/// <param name="RatioToRead">Median divided by the median time of one vectorised read of the same rows, on one thread.</param>
/// <param name="AllocatedBytes">Managed bytes allocated per row by the timed calls, all threads together.</param>
public sealed record SamplerBenchRow(
    string Case, int Vocab, int Batch, double MedianUs, double P99Us, double RatioToRead, double AllocatedBytes);
