using Foxtrot.Sampling.Candidates;
using Foxtrot.Sampling.Numerics;

namespace Foxtrot.Sampling.Stages;

/// <summary>Keeps probabilities of at least epsilon.</summary>
/// <remarks>Source: Hewitt et al. 2022, arXiv:2210.15191.</remarks>
internal sealed class EpsilonStage(double epsilon) : Stage
{
    public override SamplerStage Name => SamplerStage.EpsilonCutoff;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        row.KeepProbability(PortableMath.Log(epsilon));
        return epsilon;
    }
}
