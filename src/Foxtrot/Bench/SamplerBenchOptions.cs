namespace Foxtrot.Bench;

/// <summary>What <c>foxtrot bench sampler</c> measures.</summary>
public sealed record SamplerBenchOptions
{
    /// <summary>Cases to run; all by default.</summary>
    public IReadOnlyList<SamplerBenchCase> Cases { get; init; } = SamplerBenchCase.All;

    /// <summary>Vocabulary sizes, at least 1,000 each: a small model's, Llama 2's and Qwen 2's by default.</summary>
    public IReadOnlyList<int> Vocabularies { get; init; } = [4_096, 32_000, 151_936];

    /// <summary>Rows per call, at least 1 each.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [1, 64];

    /// <summary>Shape of the rows.</summary>
    public BenchRowShape Rows { get; init; } = BenchRowShape.Peaked;

    /// <summary>Threads that a batch may use, at least 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Time spent on measuring one case at one size, preparation of rows included, not counting its warm-up.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Calls measured at least, however long they take; the 99th percentile needs a hundred.</summary>
    public int LeastCalls { get; init; } = 100;

    /// <summary>Seed of rows, histories and draws.</summary>
    public int Seed { get; init; } = 7;
}
