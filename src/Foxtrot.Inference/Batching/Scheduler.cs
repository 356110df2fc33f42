using Foxtrot.Inference.ForwardPass;

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
            return new StepPlan(snapshot.DecodeRows, PrefillKind.Continue, 1, Math.Min(snapshot.Prefilling[0], allowance));
        }

        if (snapshot.Waiting.Length == 0 || snapshot.FreeSlots == 0)
        {
            return new StepPlan(snapshot.DecodeRows, PrefillKind.None, 0, 0);
        }

        var first = snapshot.Waiting[0];
        if (first > allowance)
        {
            return new StepPlan(snapshot.DecodeRows, PrefillKind.Admit, 1, allowance);
        }

        var (sequences, width) = Batch(snapshot.Waiting, snapshot.FreeSlots, allowance);
        return new StepPlan(snapshot.DecodeRows, PrefillKind.AdmitBatch, sequences, width);
    }

    // As many first runs from the front of the queue as fit when padded to the longest of them.
    private static (int Sequences, int Width) Batch(ReadOnlySpan<int> waiting, int freeSlots, int allowance)
    {
        var sequences = 0;
        var width = 0;
        var most = Math.Min(waiting.Length, freeSlots);
        while (sequences < most)
        {
            var wider = Math.Max(width, ForwardRunner.RunWidth(waiting[sequences]));
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
