using Foxtrot.Inference.Batching;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.KvCache;
using Foxtrot.Sampling;

namespace Foxtrot.Inference.Engine;

/// <summary>
/// The engine without its thread: tenants with their waiting sequences, slots, and the step that plans, feeds, samples and commits.
/// </summary>
/// <remarks>One thread. Allocates nothing in a step that only decodes.</remarks>
internal sealed class EngineCore
{
    private readonly SchedulerLimits _limits;
    private readonly TokenSampling _sampling;
    private readonly TimeProvider _time;
    private readonly EngineObserver _observer;
    private readonly HoldTime _hold;
    private readonly SchedulerView _view;
    private readonly StepChoices _choices;
    private readonly SlotExchange _exchange;
    private readonly StepPasses _passes;
    private readonly Sequence[] _rows;
    private int _rebuilt;
    private int _promptTokens;

    /// <param name="runner">Runs the passes.</param>
    /// <param name="options">How to batch.</param>
    /// <param name="sampler">Chooses tokens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="observer">Hears of every step.</param>
    /// <param name="budget">What may be lost to stopped passes; null for what the options say.</param>
    public EngineCore(
        ForwardRunner runner, EngineOptions options, BatchSampler sampler, TimeProvider time, EngineObserver observer, InterruptionBudget? budget = null)
    {
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
        _rows = new Sequence[runner.Slots];
        Interruptions = new Interruptions(runner, budget ?? options.InterruptionBudget(time.TimestampFrequency), time);
        _passes = new StepPasses(runner, Interruptions);
    }

    /// <summary>Who holds which slot.</summary>
    public SlotTable Slots { get; }

    /// <summary>Whose sequences there are, with and without slots.</summary>
    public TenantTable Tenants { get; }

    /// <summary>Stops passes for newcomers; <see cref="Interruptions.Ask"/> is thread-safe.</summary>
    public Interruptions Interruptions { get; }

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

    /// <summary>
    /// Does one step: at most one pass over prompt tokens, then every sequence that generated before by one token. A newcomer who asks
    /// meanwhile ends it early.
    /// </summary>
    /// <returns>False when there is nothing to do.</returns>
    public bool Step()
    {
        var start = _time.GetTimestamp();
        Tenants.Publish();
        var plan = Scheduler.Plan(_view.Take(), _limits, _choices);
        if (plan.IsEmpty)
        {
            return false;
        }

        _sampling.Restart();
        _passes.Restart();
        _rebuilt = 0;
        _promptTokens = 0;

        // Prompts are fed first. Who starts to generate now decodes from the next step on.
        if (plan.Prefill != PrefillKind.None && !Prefill(plan, start))
        {
            plan = new StepPlan(0, PrefillKind.None, 0, 0, plan.Preemptions);
        }

        if (plan.DecodeRows > 0)
        {
            if (_sampling.OutputTokens > 0)
            {
                _observer.OnFirstTokens();
            }

            if (!Decode(plan.DecodeRows))
            {
                plan = plan with { DecodeRows = 0 };
            }
        }

        var elapsed = _time.GetTimestamp() - start;
        _observer.OnStep(new StepReport(
            plan, _promptTokens, _sampling.OutputTokens, Running, Tenants.Waiting, _passes.DecodeTime, _passes.PrefillTime,
            _sampling.Elapsed, elapsed, _rebuilt, _sampling.GeneratedTokens, _sampling.Statistics, _passes.LostTime));
        return true;
    }

    // False when somebody asked in between, and the step is over.
    private bool Decode(int rows)
    {
        for (var r = 0; r < rows; r++)
        {
            _rows[r] = Slots[r]!;
        }

        var sequences = _rows.AsSpan(0, rows);
        if (!_passes.TryDecode(sequences, out var logits))
        {
            return Fail(sequences);
        }

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

        return true;
    }

    private bool Prefill(in StepPlan plan, long now)
    {
        if (!_passes.TryBeginPrefill(plan.Sequences * plan.Width))
        {
            return false;
        }

        // Slots change hands as the plan saw them.
        if (plan.Prefill == PrefillKind.Continue)
        {
            _rows[0] = Slots.Prefilling[_choices.Continued];
        }
        else
        {
            _exchange.Apply(_choices, _rows, now);
        }

        var isBatch = plan.Prefill == PrefillKind.AdmitBatch;
        var sequences = _rows.AsSpan(0, plan.Sequences);
        if (!_passes.TryPrefill(sequences, plan.Width, isBatch, out var logits))
        {
            return Fail(sequences);
        }

        foreach (var sequence in sequences)
        {
            var tokens = isBatch ? sequence.PromptRun : plan.Width;
            Feed(sequence, tokens);
            _promptTokens += tokens;
        }

        AfterPrefill(sequences, logits);
        return true;
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

    // Ends the sequences of a pass that failed; false when it did not, but was stopped.
    private bool Fail(ReadOnlySpan<Sequence> sequences)
    {
        if (_passes.Error is not { } error)
        {
            return false;
        }

        foreach (var sequence in sequences)
        {
            End(sequence, FinishReason.Failed, error);
        }

        _observer.OnFailure(error);
        return true;
    }
}
