namespace Foxtrot.Inference.Batching;

/// <summary>
/// Decides what a step feeds: a pure function from a snapshot to a plan, first come first served.
/// Sequences that generate never wait for prompts longer than the step's budget allows (chunked prefill;
/// Agrawal et al. 2023, arXiv:2308.16369), and prompts always progress.
/// </summary>
/// <remarks>Thread-safe; allocates nothing.</remarks>
public static class Scheduler
{
    /// <summary>Plans one step.</summary>
    public static StepPlan Plan(in SchedulerSnapshot snapshot, in SchedulerLimits limits)
    {
        var allowance = limits.PrefillAllowance(snapshot.DecodeRows);
        if (snapshot.Prefilling.Length > 0)
        {
            return new StepPlan(snapshot.DecodeRows, PrefillKind.Continue, 1, RunLength(snapshot.Prefilling[0], allowance));
        }

        if (snapshot.Waiting.Length == 0 || snapshot.FreeSlots == 0)
        {
            return new StepPlan(snapshot.DecodeRows, PrefillKind.None, 0, 0);
        }

        var first = snapshot.Waiting[0];
        if (first > allowance)
        {
            return new StepPlan(snapshot.DecodeRows, PrefillKind.Admit, 1, RunLength(first, allowance));
        }

        var (sequences, width) = Batch(snapshot.Waiting, snapshot.FreeSlots, allowance);
        return new StepPlan(snapshot.DecodeRows, PrefillKind.AdmitBatch, sequences, width);
    }

    /// <summary>How much of a run is fed now: never leaves a remainder of one token, never feeds one token of several.</summary>
    /// <param name="remaining">Tokens left in the run, at least 1.</param>
    /// <param name="allowance">Tokens allowed, at least 2.</param>
    /// <returns>At most one token more than allowed, and that only for an allowance of 2.</returns>
    public static int RunLength(int remaining, int allowance)
    {
        if (remaining <= allowance)
        {
            return remaining;
        }

        if (remaining - allowance > 1)
        {
            return allowance;
        }

        return allowance > SchedulerLimits.MinRun ? allowance - 1 : remaining;
    }

    // As many first runs from the front of the queue as fit when padded to the longest of them.
    private static (int Sequences, int Width) Batch(ReadOnlySpan<int> waiting, int freeSlots, int allowance)
    {
        var sequences = 0;
        var width = SchedulerLimits.MinRun;
        var most = Math.Min(waiting.Length, freeSlots);
        while (sequences < most)
        {
            var wider = Math.Max(width, waiting[sequences]);
            if (sequences > 0 && wider * (sequences + 1) > allowance)
            {
                break;
            }

            width = wider;
            sequences++;
        }

        return (sequences, width);
    }
}
