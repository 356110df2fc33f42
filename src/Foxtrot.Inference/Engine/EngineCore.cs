using Foxtrot.Inference.Batching;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.KvCache;
using Foxtrot.Sampling;
using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.Engine;

/// <summary>
/// The engine without its thread: waiting sequences, slots, and the step that plans, feeds, samples and commits.
/// </summary>
/// <remarks>One thread. Allocates nothing in a step that only decodes.</remarks>
internal sealed class EngineCore
{
    private readonly ForwardRunner _runner;
    private readonly SchedulerLimits _limits;
    private readonly TokenSampling _sampling;
    private readonly TimeProvider _time;
    private readonly EngineObserver _observer;
    private readonly List<Sequence> _waiting = [];
    private readonly int[] _runs;
    private readonly int[] _waitingRuns;
    private readonly int[] _tokens;
    private readonly int[] _lengths;
    private readonly Sequence[] _rows;
    private int[] _padded = [];

    public EngineCore(ForwardRunner runner, EngineOptions options, BatchSampler sampler, TimeProvider time, EngineObserver observer)
    {
        _runner = runner;
        _limits = new SchedulerLimits(options.StepTokenBudget, options.PrefillChunk);
        _sampling = new TokenSampling(sampler, runner.Vocabulary, runner.Slots, time);
        _time = time;
        _observer = observer;
        Slots = new SlotTable(runner);
        _runs = new int[runner.Slots];
        _waitingRuns = new int[runner.Slots];
        _tokens = new int[runner.Slots];
        _lengths = new int[runner.Slots];
        _rows = new Sequence[runner.Slots];
    }

    /// <summary>Who holds which slot.</summary>
    public SlotTable Slots { get; }

    /// <summary>Sequences without a slot, oldest first.</summary>
    public IReadOnlyList<Sequence> Waiting => _waiting;

    /// <summary>Sequences with a slot.</summary>
    public int Running => Slots.Count - Slots.Free;

    /// <summary>Takes a sequence in; it waits for a slot.</summary>
    public void Add(Sequence sequence) => _waiting.Add(sequence);

    /// <summary>Ends a sequence, wherever it is; nothing happens to one that has ended.</summary>
    public void End(Sequence sequence, FinishReason reason, Exception? error = null)
    {
        if (sequence.Generation.FinishReason is not null)
        {
            return;
        }

        if (sequence.Slot >= 0)
        {
            Slots.Remove(sequence);
        }
        else
        {
            _waiting.Remove(sequence);
        }

        sequence.Generation.Timings.Finished = _time.GetTimestamp();
        sequence.Generation.Finish(reason, error);
    }

    /// <summary>Ends every sequence.</summary>
    public void EndAll(FinishReason reason, Exception? error = null)
    {
        while (_waiting.Count > 0)
        {
            End(_waiting[^1], reason, error);
        }

        for (var slot = Slots.Count - 1; slot >= 0; slot--)
        {
            if (Slots[slot] is { } sequence)
            {
                End(sequence, reason, error);
            }
        }
    }

    /// <summary>Does one step: at most one pass over prompt tokens, then every sequence that generated before by one token.</summary>
    /// <returns>False when there is nothing to do.</returns>
    public bool Step()
    {
        var start = _time.GetTimestamp();
        var plan = Scheduler.Plan(Snapshot(), _limits);
        if (plan.IsEmpty)
        {
            return false;
        }

        _sampling.Restart();
        long decode = 0;
        long prefill = 0;
        var promptTokens = 0;

        // Prompts first: the slots are as the plan saw them. Who starts to generate now decodes from the next step on.
        if (plan.Prefill == PrefillKind.AdmitBatch)
        {
            (prefill, promptTokens) = PrefillBatch(plan.Sequences, plan.Width);
        }
        else if (plan.Prefill != PrefillKind.None)
        {
            promptTokens = plan.Width;
            prefill = PrefillRun(plan.Prefill == PrefillKind.Admit ? AdmitFirst() : Slots.Prefilling[0], plan.Width);
        }

        if (plan.DecodeRows > 0)
        {
            decode = Decode(plan.DecodeRows);
        }

        _observer.OnStep(new StepReport(
            plan, promptTokens, _sampling.OutputTokens, Running, _waiting.Count, decode, prefill, _sampling.Elapsed, _time.GetTimestamp() - start));
        return true;
    }

    private SchedulerSnapshot Snapshot()
    {
        var prefilling = Slots.Prefilling.Count;
        for (var i = 0; i < prefilling; i++)
        {
            _runs[i] = Slots.Prefilling[i].PromptRun;
        }

        var waiting = Math.Min(_waiting.Count, Slots.Free);
        for (var i = 0; i < waiting; i++)
        {
            _waitingRuns[i] = _waiting[i].PromptRun;
        }

        return new SchedulerSnapshot
        {
            DecodeRows = Slots.DecodeRows,
            FreeSlots = Slots.Free,
            Prefilling = _runs.AsSpan(0, prefilling),
            Waiting = _waitingRuns.AsSpan(0, waiting),
        };
    }

    private long Decode(int rows)
    {
        for (var r = 0; r < rows; r++)
        {
            var sequence = Slots[r]!;
            _rows[r] = sequence;
            _tokens[r] = sequence.NextToken;
            _lengths[r] = sequence.Fed;
        }

        var sequences = _rows.AsSpan(0, rows);
        var start = _time.GetTimestamp();
        Span<float> logits;
        try
        {
            logits = _runner.Decode(_tokens.AsSpan(0, rows), _lengths.AsSpan(0, rows));
        }
        catch (OnnxRuntimeException error)
        {
            return Fail(sequences, error, start);
        }

        var elapsed = _time.GetTimestamp() - start;
        foreach (var sequence in sequences)
        {
            sequence.Fed++;
        }

        _sampling.Choose(sequences, logits);

        // From the last row down, so that the row that fills a gap has been looked at already.
        for (var r = rows - 1; r >= 0; r--)
        {
            if (sequences[r].Ending is not null)
            {
                Finish(sequences[r]);
            }
            else if (sequences[r].PromptRun > 0)
            {
                Slots.StopDecoding(sequences[r]);
            }
        }

        return elapsed;
    }

    private Sequence AdmitFirst()
    {
        var sequence = _waiting[0];
        _waiting.RemoveAt(0);
        sequence.Generation.Timings.Admitted = _time.GetTimestamp();
        Slots.Admit(sequence);
        return sequence;
    }

    private long PrefillRun(Sequence sequence, int width)
    {
        _rows[0] = sequence;
        var start = _time.GetTimestamp();
        Span<float> logits;
        try
        {
            logits = _runner.Prefill(sequence.Slot, sequence.NextTokens(width), sequence.Fed);
        }
        catch (OnnxRuntimeException error)
        {
            return Fail(_rows.AsSpan(0, 1), error, start);
        }

        var elapsed = _time.GetTimestamp() - start;
        sequence.Fed += width;
        AfterPrefill(_rows.AsSpan(0, 1), logits);
        return elapsed;
    }

    private (long Elapsed, int Tokens) PrefillBatch(int count, int width)
    {
        if (_padded.Length < count * width)
        {
            _padded = new int[count * width];
        }

        var tokens = 0;
        for (var i = 0; i < count; i++)
        {
            var sequence = AdmitFirst();
            var run = sequence.PromptRun;
            var row = _padded.AsSpan(i * width, width);
            sequence.NextTokens(run).CopyTo(row);
            row[run..].Fill(row[0]);
            _rows[i] = sequence;
            _lengths[i] = run;
            tokens += run;
        }

        var sequences = _rows.AsSpan(0, count);
        var start = _time.GetTimestamp();
        Span<float> logits;
        try
        {
            logits = _runner.PrefillBatch(sequences[0].Slot, _padded.AsSpan(0, count * width), width, _lengths.AsSpan(0, count));
        }
        catch (OnnxRuntimeException error)
        {
            return (Fail(sequences, error, start), tokens);
        }

        var elapsed = _time.GetTimestamp() - start;
        for (var i = 0; i < count; i++)
        {
            sequences[i].Fed += _lengths[i];
        }

        AfterPrefill(sequences, logits);
        return (elapsed, tokens);
    }

    private void AfterPrefill(ReadOnlySpan<Sequence> sequences, Span<float> logits)
    {
        _sampling.Choose(sequences, logits);
        foreach (var sequence in sequences)
        {
            if (sequence.Ending is not null)
            {
                Finish(sequence);
            }
            else if (sequence.PromptRun == 0)
            {
                Slots.StartDecoding(sequence);
            }
        }
    }

    private void Finish(Sequence sequence) => End(sequence, sequence.Ending!.Value, sequence.Error);

    private long Fail(ReadOnlySpan<Sequence> sequences, Exception error, long start)
    {
        foreach (var sequence in sequences)
        {
            End(sequence, FinishReason.Failed, error);
        }

        _observer.OnFailure(error);
        return _time.GetTimestamp() - start;
    }
}
