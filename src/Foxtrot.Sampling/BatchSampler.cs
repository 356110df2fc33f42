using System.Runtime.ExceptionServices;
using Foxtrot.Sampling.Candidates;
using Foxtrot.Sampling.Kernels;

namespace Foxtrot.Sampling;

/// <summary>Chooses one token for each of many rows, each with its own parameters, seed and position.</summary>
/// <remarks>
/// A row's result depends on its logits and its sampler alone: not on the other rows, their order, the number of threads
/// or the width of the machine's registers. Rows are shared out over this object's own threads when there is enough work.
/// Nothing is allocated in steady state. One caller at a time; dispose it to end the threads.
/// </remarks>
public sealed unsafe class BatchSampler : IDisposable
{
    // Waking a thread costs about as much as sampling so many logits.
    private const long LogitsWorthAThread = 1 << 17;

    private static long _lastBatch;

    private readonly SamplingScratch[] _scratches; // the caller's first
    private readonly Thread[] _workers;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _wake = new(0);
    private volatile bool _disposed;

    // The work in progress. Stable from the moment _claim is set until _completed reaches _rowCount.
    private SampleRow[] _rows = [];
    private int[] _rowIndices = [];
    private TokenDraw[] _draws = [];
    private float* _logits;
    private int _vocabulary;
    private int _rowCount;
    private long _claim; // upper half: batch number; lower half: next row to take
    private int _completed;
    private int _measuredRow;
    private Exception? _failure;

    /// <summary>A sampler with its threads, which wait until they are needed.</summary>
    /// <param name="maxThreads">Threads that may work at once, the caller's included, ≥ 1.</param>
    /// <param name="time">The clock for <see cref="Statistics"/>; null for the system's.</param>
    public BatchSampler(int maxThreads = 1, TimeProvider? time = null)
        : this(maxThreads, RowKernels.Best, time)
    {
    }

    internal BatchSampler(int maxThreads, RowKernels kernels, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads, 1);
        _time = time ?? TimeProvider.System;
        _scratches = new SamplingScratch[maxThreads];
        for (int i = 0; i < _scratches.Length; i++)
        {
            _scratches[i] = new SamplingScratch(kernels);
        }

        _workers = new Thread[maxThreads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            SamplingScratch scratch = _scratches[i + 1];
            _workers[i] = new Thread(() => Work(scratch)) { IsBackground = true, Name = $"foxtrot-sampler-{i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>
    /// Whether batches are measured: <see cref="Statistics"/>. Costs three readings of the clock per row, and a pass over one row of the
    /// batch. Default false. Set it between batches.
    /// </summary>
    public bool Measures
    {
        get => _scratches[0].Meter is not null;
        set
        {
            if (value == Measures)
            {
                return;
            }

            foreach (SamplingScratch scratch in _scratches)
            {
                scratch.Meter = value ? new RowMeter(_time) : null;
            }

            Statistics = BatchStatistics.None;
        }
    }

    /// <summary>The last batch; <see cref="BatchStatistics.None"/> while <see cref="Measures"/> is false.</summary>
    public BatchStatistics Statistics { get; private set; } = BatchStatistics.None;

    /// <summary>Chooses a token for every row and appends it to the row's history.</summary>
    /// <param name="logits">[rows, vocabulary], row-major; overwritten.</param>
    /// <param name="vocabulary">Logits per row.</param>
    /// <param name="rows">One per row of logits.</param>
    /// <param name="draws">[rows], the results. A row without a possible token says so here and leaves the others alone.</param>
    /// <exception cref="ArgumentException">Sizes do not agree, a sampler has another vocabulary or appears twice, or a forced token is out of range. Nothing has been drawn.</exception>
    public void Sample(Span<float> logits, int vocabulary, ReadOnlySpan<SampleRow> rows, Span<TokenDraw> draws)
    {
        Check(logits.Length, vocabulary, rows, draws.Length);
        if ((long)rows.Length * vocabulary != logits.Length)
        {
            throw new ArgumentException($"logits must hold {rows.Length} rows of {vocabulary}, but holds {logits.Length} values.", nameof(logits));
        }

        Reserve(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            _rowIndices[i] = i;
        }

        Run(logits, vocabulary, rows, draws);
    }

    /// <summary>As the other overload, for rows that are scattered.</summary>
    /// <param name="logits">[any number of rows, vocabulary], row-major; the rows named are overwritten.</param>
    /// <param name="vocabulary">Logits per row.</param>
    /// <param name="rowIndices">For each of <paramref name="rows"/>, its row in <paramref name="logits"/>; no row twice.</param>
    /// <param name="rows">The samplers.</param>
    /// <param name="draws">The results, parallel to <paramref name="rows"/>.</param>
    /// <exception cref="ArgumentException">As the other overload, or a row index is outside the logits.</exception>
    public void Sample(
        Span<float> logits, int vocabulary, ReadOnlySpan<int> rowIndices, ReadOnlySpan<SampleRow> rows, Span<TokenDraw> draws)
    {
        Check(logits.Length, vocabulary, rows, draws.Length);
        if (rowIndices.Length != rows.Length)
        {
            throw new ArgumentException($"rowIndices must have {rows.Length} entries, but has {rowIndices.Length}.", nameof(rowIndices));
        }

        int available = logits.Length / vocabulary;
        foreach (int index in rowIndices)
        {
            if ((uint)index >= (uint)available)
            {
                throw new ArgumentException($"rowIndices must be in [0, {available - 1}], but holds {index}.", nameof(rowIndices));
            }
        }

        Reserve(rows.Length);
        rowIndices.CopyTo(_rowIndices);
        Run(logits, vocabulary, rows, draws);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            if (_workers.Length > 0)
            {
                _wake.Release(_workers.Length);
            }

            foreach (Thread worker in _workers)
            {
                worker.Join();
            }

            _wake.Dispose();
        }
    }

    private void Check(int logits, int vocabulary, ReadOnlySpan<SampleRow> rows, int draws)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 1);
        if (draws < rows.Length)
        {
            throw new ArgumentException($"draws must have room for {rows.Length} rows, but has {draws}.", nameof(draws));
        }

        long batch = Interlocked.Increment(ref _lastBatch);
        foreach (ref readonly SampleRow row in rows)
        {
            if (row.Sampler.Vocabulary != vocabulary)
            {
                throw new ArgumentException($"vocabulary must be {row.Sampler.Vocabulary} as the row's sampler has it, but is {vocabulary}.", nameof(vocabulary));
            }

            if (row.Sampler.LastBatch == batch)
            {
                throw new ArgumentException("rows must have each sampler once at most, but has one twice.", nameof(rows));
            }

            row.Sampler.LastBatch = batch;
            if (row.ForcedToken != -1)
            {
                row.Sampler.CheckForced(row.ForcedToken);
            }
        }
    }

    private void Reserve(int rows)
    {
        if (_rows.Length < rows)
        {
            _rows = new SampleRow[rows];
            _rowIndices = new int[rows];
            _draws = new TokenDraw[rows];
        }
    }

    private void Run(Span<float> logits, int vocabulary, ReadOnlySpan<SampleRow> rows, Span<TokenDraw> draws)
    {
        fixed (float* pointer = logits)
        {
            // Closed first: a thread that still holds the previous claim can then not take a row of this batch with it.
            long batch = ((_claim >> 32) + 1) & int.MaxValue;
            Volatile.Write(ref _claim, batch << 32 | int.MaxValue);
            rows.CopyTo(_rows);
            _logits = pointer;
            _vocabulary = vocabulary;
            _rowCount = rows.Length;
            _completed = 0;

            // Another row each time: over many batches every row has its turn.
            _measuredRow = (int)(batch % Math.Max(rows.Length, 1));
            _failure = null;
            Volatile.Write(ref _claim, batch << 32);
            int helpers = (int)Math.Min(
                Math.Min(_workers.Length, rows.Length - 1), (long)rows.Length * vocabulary / LogitsWorthAThread);
            if (helpers > 0)
            {
                _wake.Release(helpers);
            }

            TakeRows(_scratches[0]);
            // Rows taken by other threads are being worked on: the wait is one row's time at most.
            SpinWait wait = default;
            while (Volatile.Read(ref _completed) < rows.Length)
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }

        _draws.AsSpan(0, rows.Length).CopyTo(draws);
        if (Measures)
        {
            Measure();
        }

        Array.Clear(_rows, 0, rows.Length);
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    private void Measure()
    {
        BatchStatistics sum = BatchStatistics.None;
        foreach (SamplingScratch scratch in _scratches)
        {
            sum = sum.Add(scratch.Meter!.Take());
        }

        Statistics = sum;
    }

    private void Work(SamplingScratch scratch)
    {
        while (true)
        {
            _wake.Wait();
            if (_disposed)
            {
                return;
            }

            TakeRows(scratch);
        }
    }

    /// <summary>Takes rows one by one until none is left. A thread that wakes late finds none and touches nothing.</summary>
    private void TakeRows(SamplingScratch scratch)
    {
        while (true)
        {
            long claim = Volatile.Read(ref _claim);
            int row = (int)claim;
            if (row >= Volatile.Read(ref _rowCount))
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _claim, claim + 1, claim) != claim)
            {
                continue;
            }

            try
            {
                Span<float> logits = new(_logits + (long)_rowIndices[row] * _vocabulary, _vocabulary);
                if (scratch.Meter is { } meter)
                {
                    meter.WantsDistribution = row == _measuredRow;
                }

                _draws[row] = _rows[row].Sampler.Advance(logits, _rows[row].ForcedToken, scratch);
            }
            catch (Exception failure)
            {
                _ = Interlocked.CompareExchange(ref _failure, failure, null);
            }

            Interlocked.Increment(ref _completed);
        }
    }
}
