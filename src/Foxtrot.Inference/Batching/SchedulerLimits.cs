namespace Foxtrot.Inference.Batching;

/// <summary>The bounds of one step.</summary>
/// <param name="StepTokenBudget">Tokens that one step feeds at most: one per decode row, the rest prompt. At least 2.</param>
/// <param name="PrefillChunk">Prompt tokens that one step feeds at most while others generate, at least <see cref="MinRun"/>.</param>
public readonly record struct SchedulerLimits(int StepTokenBudget, int PrefillChunk)
{
    /// <summary>The smallest bounds that make sense: runs are fed at even widths.</summary>
    public const int MinRun = 2;

    /// <summary>Prompt tokens that every step may feed however many rows decode, so that new sequences always get in.</summary>
    public const int MinPrefill = 16;

    /// <summary>Prompt tokens that a step with this many decode rows may feed; even.</summary>
    /// <remarks>While nobody generates, nobody waits for a long pass, and only the budget counts.</remarks>
    public int PrefillAllowance(int decodeRows)
    {
        var most = decodeRows == 0 ? StepTokenBudget : PrefillChunk;
        return Math.Min(most, Math.Max(StepTokenBudget - decodeRows, MinPrefill)) & ~1;
    }
}
