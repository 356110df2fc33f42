using BenchmarkDotNet.Attributes;
using Foxtrot.Bench;
using Foxtrot.Sampling;

namespace Foxtrot.Benchmarks.Sampling;

/// <summary>One row per call, every case of <c>foxtrot bench sampler</c> next to one vectorised read of the row.</summary>
/// <remarks>
/// Sampling overwrites its logits. Every invocation of <see cref="Sample"/> therefore first copies the row back, and so does
/// the baseline, so that both pay for it; <see cref="Copy"/> shows how much that is.
/// </remarks>
[MemoryDiagnoser]
[SimpleJob(invocationCount: 2_048)]
public class SamplerBenchmarks : IDisposable
{
    private readonly BatchSampler _batch = new();
    private readonly TokenDraw[] _draws = new TokenDraw[1];
    private SampleRow[] _rows = [];
    private float[] _logits = [];
    private float[] _scratch = [];

    /// <summary>Names of the cases.</summary>
    public static IEnumerable<string> Cases => SamplerBenchCase.All.Select(c => c.Name);

    [ParamsSource(nameof(Cases))]
    public string Case { get; set; } = "";

    [Params(4_096, 32_000, 151_936)]
    public int Vocabulary { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _logits = new float[Vocabulary];
        _scratch = new float[Vocabulary];
        BenchRows.Fill(_logits, Vocabulary, BenchRowShape.Peaked, seed: 7);
    }

    /// <summary>A history of the case's length at the start of every iteration, which then grows by its 2,048 draws.</summary>
    [IterationSetup(Target = nameof(Sample))]
    public void SetupIteration() => _rows = [SamplerBenchCase.Named(Case).NewRow(_batch, Vocabulary, seed: 7, choice: 0, draws: 4_096, _scratch)];

    [Benchmark]
    public void Copy() => _logits.CopyTo(_scratch, 0);

    [Benchmark(Baseline = true)]
    public float Read()
    {
        _logits.CopyTo(_scratch, 0);
        return RowRead.Sum(_scratch);
    }

    [Benchmark]
    public int Sample()
    {
        _logits.CopyTo(_scratch, 0);
        _batch.Sample(_scratch, Vocabulary, _rows, _draws);
        return _draws[0].Token;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _batch.Dispose();
        GC.SuppressFinalize(this);
    }
}
