using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>Keeps the k largest logits; of equal ones at the border those with lower ids.</summary>
internal sealed class TopKStage(int k) : Stage
{
    public override SamplerStage Name => SamplerStage.TopK;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        row.KeepLargest(k);
        return k;
    }
}
