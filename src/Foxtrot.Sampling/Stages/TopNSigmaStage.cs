using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>Keeps logits of at least the largest minus n standard deviations of the possible logits.</summary>
/// <remarks>Source: Tang et al. 2024, arXiv:2411.07641.</remarks>
internal sealed class TopNSigmaStage(double n) : Stage
{
    public override SamplerStage Name => SamplerStage.TopNSigma;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        row.KeepAtLeast(row.Max - n * row.Deviation(out _));
        return n;
    }
}
