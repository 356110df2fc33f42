using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>"Exclude top choices": with some probability drops every token with p ≥ threshold except the least likely of them.</summary>
/// <remarks>Source: p-e-w's XTC sampler. Of equally unlikely ones the highest id stays.</remarks>
internal sealed class XtcStage(double probability, double threshold) : Stage
{
    public override SamplerStage Name => SamplerStage.Xtc;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        double coin = DrawRandom.Uniform(context.Seed, context.Position, context.Choice, DrawPurpose.Xtc);
        if (coin < probability)
        {
            _ = row.DropTop(threshold);
        }

        return threshold;
    }
}
