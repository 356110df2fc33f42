using Foxtrot.Inference.Batching;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.KvCache;
using Foxtrot.Sampling;
using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.Engine;

/// <summary>
/// The engine without its thread: tenants with their waiting sequences, slots, and the step that plans, feeds, samples and commits.
/// </summary>
/// <remarks>One thread. Allocates nothing in a step that only decodes.</remarks>
internal sealed class EngineCore
{
    private readonly ForwardRunner _runner;
    private readonly SchedulerLimits _limits;
    private readonly TokenSampling _sampling;
    private readonly TimeProvider _time;
    private readonly EngineObserver _observer;
    private readonly HoldTime _hold;
    private readonly SchedulerView _view;
    private readonly StepChoices _choices;
    private readonly SlotExchange _exchange;
    private readonly int[] _tokens;
    private readonly int[] _lengths;
    private readonly Sequence[] _rows;
    private int[] _padded = [];
    private int _rebuilt;

    public EngineCore(ForwardRunner runner, EngineOptions options, BatchSampler sampler, TimeProvider time, EngineObserver observer)
    {
        _runner = runner;
        _limits = new SchedulerLimits(options.StepTokenBudget, options.PrefillChunk, options.PreemptionLead, options.PreemptionQuantum);
        _sampling = new TokenSampling(sampler, runner.Vocabulary, runner.Slots, time, observer);
        _time = time;
        _observer = observer;
        _hold = new HoldTime(time);
        Slots = new SlotTable(runner);

        // What a full cache takes to fill: as far as a tenant can get ahead by itself.
        Tenants = new TenantTable((double)runner.Slots * runner.MaxLength * ServiceCost.GeneratedToken, time);
        _view = new SchedulerView(Slots, Tenants);
        _choices = new StepChoices(runner.Slots);
        _exchange = new SlotExchange(Slots, Tenants, observer);
        _tokens = new int[runner.Slots];
        _lengths = new int[runner.Slots];
        _rows = new Sequence[runner.Slots];
    }

    /// <summary>Who holds which slot.</summary>
    public SlotTable Slots { get; }

    /// <summary>Whose sequences there are, with and without slots.</summary>
    public TenantTable Tenants { get; }

    /// <summary>How long sequences hold a slot on average; thread-safe.</summary>
    public TimeSpan MeanHold => _hold.Mean;

    /// <summary>Sequences with a slot.</summary>
    public int Running => Slots.Count - Slots.Free;

    /// <summary>Takes a sequence in; it waits for a slot.</summary>
    public void Add(Sequence sequence) => Tenants.Add(sequence);

    /// <summary>Ends a sequence, wherever it is; nothing happens to one that has ended.</summary>
    public void End(Sequence sequence, FinishReason reason, Exception? error = null)
    {
        if (sequence.Generation.FinishReason is not null)
        {
            return;
        }

        var now = _time.GetTimestamp();
        var hadSlot = sequence.Slot >= 0;
        if (hadSlot)
        {
            Slots.Remove(sequence);
            sequence.Release(now);
            _hold.Add(sequence.Held);
        }

        Tenants.Remove(sequence, hadSlot);
        sequence.Generation.Timings.Finished = now;
        sequence.Generation.Finish(reason, error);
    }

    /// <summary>Ends every sequence.</summary>
    public void EndAll(FinishReason reason, Exception? error = null)
    {
        for (var tenant = Tenants.Active.Count - 1; tenant >= 0; tenant--)
        {
            var queue = Tenants.Active[tenant].Queue;
            while (queue.First is { } sequence)
            {
                End(sequence, reason, error);
            }
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
        var plan = Scheduler.Plan(_view.Take(), _limits, _choices);
        if (plan.IsEmpty)
        {
            return false;
        }

        _sampling.Restart();
        _rebuilt = 0;
        long decode = 0;
        long prefill = 0;
        var promptTokens = 0;

        // Slots change hands and prompts are fed first, the slots being as the plan saw them. Who starts to generate now decodes from
        // the next step on.
        if (plan.Prefill is PrefillKind.Admit or PrefillKind.AdmitBatch)
        {
            _exchange.Apply(_choices, _rows, start);
        }

        if (plan.Prefill == PrefillKind.AdmitBatch)
        {
            (prefill, promptTokens) = PrefillBatch(plan.Sequences, plan.Width);
        }
        else if (plan.Prefill != PrefillKind.None)
        {
            promptTokens = plan.Width;
            prefill = PrefillRun(plan.Prefill == PrefillKind.Admit ? _rows[0] : Slots.Prefilling[_choices.Continued], plan.Width);
        }

        if (plan.DecodeRows > 0)
        {
            if (_sampling.OutputTokens > 0)
            {
                _observer.OnFirstTokens();
            }

            decode = Decode(plan.DecodeRows);
        }

        var elapsed = _time.GetTimestamp() - start;
        _observer.OnStep(new StepReport(
            plan, promptTokens, _sampling.OutputTokens, Running, Tenants.Waiting, decode, prefill, _sampling.Elapsed, elapsed, _rebuilt,
            _sampling.GeneratedTokens, _sampling.Statistics));
        return true;
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
            Feed(sequence, 1);
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
        Feed(sequence, width);
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
            var sequence = _rows[i];
            var run = sequence.PromptRun;
            var row = _padded.AsSpan(i * width, width);
            sequence.NextTokens(run).CopyTo(row);
            row[run..].Fill(row[0]);
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
            Feed(sequences[i], _lengths[i]);
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

    private void Feed(Sequence sequence, int tokens)
    {
        var rebuilt = Math.Clamp(sequence.Rebuilt - sequence.Fed, 0, tokens);
        var given = Math.Clamp(sequence.Log.Count - sequence.Fed, 0, tokens);
        var prompt = Math.Clamp(sequence.TurnStart - sequence.Fed, 0, tokens);

        // Of the tokens that the request gave, those behind its prompt were fed elsewhere before, and all of them if it was resumed.
        var computed = sequence.Generation.Request.Resumed ? 0 : Math.Max(prompt - rebuilt, 0);
        sequence.Tenant.CountFed(computed, Math.Max(given, rebuilt) - computed);
        sequence.Fed += tokens;
        _rebuilt += rebuilt;
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
