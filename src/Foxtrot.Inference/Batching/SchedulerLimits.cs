namespace Foxtrot.Inference.Batching;

/// <summary>The bounds of one step.</summary>
/// <param name="StepTokenBudget">Tokens that one step feeds at most: one per decode row, the rest prompt. At least 2.</param>
/// <param name="PrefillChunk">Prompt tokens that one step feeds at most while others generate, at least <see cref="MinRun"/>.</param>
/// <param name="PreemptionLead">Service that a tenant may be owed before another one's sequences are preempted for it, in <see cref="ServiceCost"/>.</param>
/// <param name="PreemptionQuantum">Tokens that a sequence generates at least between getting a slot and being preempted, at least 1.</param>
public readonly record struct SchedulerLimits(
    int StepTokenBudget,
    int PrefillChunk,
    double PreemptionLead = SchedulerLimits.DefaultPreemptionLead,
    int PreemptionQuantum = SchedulerLimits.DefaultPreemptionQuantum)
{
    /// <summary>The smallest bounds that make sense: runs are fed at even widths.</summary>
    public const int MinRun = 2;

    /// <summary>Prompt tokens that every step may feed however many rows decode, so that new sequences always get in.</summary>
    public const int MinPrefill = 16;

    /// <summary>What 64 slots generate in 16 steps: less evens out by itself, because some slot falls free every few steps.</summary>
    public const int DefaultPreemptionLead = 64 * 16 * ServiceCost.GeneratedToken;

    /// <summary>Short, since the first rebuild of a young sequence is cheap; later ones have to be earned anyway.</summary>
    public const int DefaultPreemptionQuantum = 4;

    /// <summary>Prompt tokens that a step with this many decode rows may feed; even.</summary>
    /// <remarks>While nobody generates, nobody waits for a long pass, and only the budget counts.</remarks>
    public int PrefillAllowance(int decodeRows)
    {
        var most = decodeRows == 0 ? StepTokenBudget : PrefillChunk;
        return Math.Min(most, Math.Max(StepTokenBudget - decodeRows, MinPrefill)) & ~1;
    }
}
