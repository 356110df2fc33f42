using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>End tokens stay impossible until this turn's output has the minimum length.</summary>
internal sealed class MinTokensStage(int minimum, int[] endTokens) : Stage
{
    public override SamplerStage Name => SamplerStage.MinTokens;

    public override bool EditsLogits => true;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        if (context.History.TurnOutputCount < minimum)
        {
            foreach (int token in endTokens)
            {
                row.Row[token] = float.NegativeInfinity;
            }
        }

        return minimum;
    }
}
