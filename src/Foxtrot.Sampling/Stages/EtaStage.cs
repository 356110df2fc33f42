using Foxtrot.Sampling.Candidates;
using Foxtrot.Sampling.Numerics;

namespace Foxtrot.Sampling.Stages;

/// <summary>Keeps probabilities of at least min(eta, sqrt(eta) · exp(−H)).</summary>
/// <remarks>Source: Hewitt et al. 2022, arXiv:2210.15191.</remarks>
internal sealed class EtaStage(double eta) : Stage
{
    public override SamplerStage Name => SamplerStage.EtaCutoff;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        double logEta = PortableMath.Log(eta);
        double limit = Math.Min(logEta, 0.5 * logEta - row.Entropy(out _));
        row.KeepProbability(limit);
        return PortableMath.Exp(limit);
    }
}
