using System.Diagnostics;
using Foxtrot.Sampling;

namespace Foxtrot.Bench;

/// <summary>The rows, samplers and stopwatch of one vocabulary and batch size. Single-threaded; reused for every case.</summary>
internal sealed class SamplerMeasurement
{
    /// <summary>Draws per set of samplers: a history must stay near the length that its case names.</summary>
    private const int CallsPerSamplers = 64;

    /// <summary>The just-in-time compiler replaces its first code twice, each time after 30 calls and a quiet tenth of a second.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(600);

    private readonly BatchSampler _batchSampler;
    private readonly SamplerBenchOptions _options;
    private readonly int _vocabulary;
    private readonly float[] _logits;
    private readonly float[] _scratch;
    private readonly SampleRow[] _rows;
    private readonly TokenDraw[] _draws;

    public SamplerMeasurement(BatchSampler batchSampler, int vocabulary, int batch, SamplerBenchOptions options)
    {
        _batchSampler = batchSampler;
        _options = options;
        _vocabulary = vocabulary;
        _logits = GC.AllocateUninitializedArray<float>(checked(vocabulary * batch));
        _scratch = GC.AllocateUninitializedArray<float>(_logits.Length);
        _rows = new SampleRow[batch];
        _draws = new TokenDraw[batch];
        BenchRows.Fill(_logits, vocabulary, options.Rows, options.Seed);
    }

    public SamplerBenchRow Run(SamplerBenchCase benchCase, CancellationToken cancellation)
    {
        var calls = new CallTimes(_options.LeastCalls);
        var reads = new CallTimes(_options.LeastCalls);
        Measure(benchCase, calls, reads, WarmUp, CallsPerSamplers, cancellation);
        calls.Clear();
        reads.Clear();
        var allocated = Measure(benchCase, calls, reads, _options.Duration, _options.LeastCalls, cancellation);

        var rows = _rows.Length;
        var median = calls.MicrosecondsAt(0.5) / rows;
        return new SamplerBenchRow(
            benchCase.Name,
            _vocabulary,
            rows,
            Math.Round(median, 3),
            Math.Round(calls.MicrosecondsAt(0.99) / rows, 3),
            Math.Round(median / (reads.MicrosecondsAt(0.5) / rows), 2),
            Math.Round((double)allocated / calls.Count / rows, 1));
    }

    /// <summary>Times reads and calls in turn until both the duration and the least number of calls are reached; returns the bytes that the calls allocated.</summary>
    private long Measure(
        SamplerBenchCase benchCase, CallTimes calls, CallTimes reads, TimeSpan duration, int leastCalls, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        long allocated = 0;
        while (calls.Count < leastCalls || Stopwatch.GetElapsedTime(start) < duration)
        {
            PrepareSamplers(benchCase);
            calls.EnsureRoom(CallsPerSamplers);
            reads.EnsureRoom(CallsPerSamplers);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < CallsPerSamplers; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                _logits.CopyTo(_scratch, 0);
                var began = Stopwatch.GetTimestamp();
                RowRead.Sum(_scratch);
                reads.Add(Stopwatch.GetTimestamp() - began);

                _logits.CopyTo(_scratch, 0);
                began = Stopwatch.GetTimestamp();
                _batchSampler.Sample(_scratch, _vocabulary, _rows, _draws);
                calls.Add(Stopwatch.GetTimestamp() - began);
            }

            allocated += GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        return allocated;
    }

    /// <summary>Fresh samplers, with the case's history replayed into them.</summary>
    private void PrepareSamplers(SamplerBenchCase benchCase)
    {
        for (var i = 0; i < _rows.Length; i++)
        {
            _rows[i] = benchCase.NewRow(
                _batchSampler, _vocabulary, _options.Seed, choice: i, CallsPerSamplers, _scratch.AsSpan(0, _vocabulary));
        }
    }
}
