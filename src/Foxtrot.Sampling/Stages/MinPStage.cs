using Foxtrot.Sampling.Candidates;
using Foxtrot.Sampling.Numerics;

namespace Foxtrot.Sampling.Stages;

/// <summary>Keeps probabilities of at least a fraction of the largest.</summary>
/// <remarks>Source: Nguyen et al. 2024, arXiv:2407.01082. As a limit on logits: max + T · ln(fraction), so no probability is computed.</remarks>
internal sealed class MinPStage(double fraction) : Stage
{
    private readonly double _logFraction = PortableMath.Log(fraction);

    public override SamplerStage Name => SamplerStage.MinP;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        row.KeepAtLeast(row.Max + _logFraction / row.InverseTemperature);
        return fraction;
    }
}
