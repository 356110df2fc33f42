namespace Foxtrot.Inference.Batching;

/// <summary>The bounds of one step.</summary>
/// <param name="StepTokenBudget">Tokens that one step feeds at most: one per decode row, the rest prompt. At least 2.</param>
/// <param name="PrefillChunk">Prompt tokens that one step feeds at most, at least <see cref="MinRun"/> + 1.</param>
public readonly record struct SchedulerLimits(int StepTokenBudget, int PrefillChunk)
{
    /// <summary>
    /// The shortest run of prompt tokens: a token fed alone would go through the decode kernel,
    /// whose bits differ from those of a run.
    /// </summary>
    public const int MinRun = 2;

    /// <summary>Prompt tokens that every step may feed however many rows decode, so that new sequences always get in.</summary>
    public const int MinPrefill = 16;

    /// <summary>Prompt tokens that a step with this many decode rows may feed.</summary>
    public int PrefillAllowance(int decodeRows) =>
        Math.Min(PrefillChunk, Math.Max(StepTokenBudget - decodeRows, Math.Min(MinPrefill, PrefillChunk)));
}
