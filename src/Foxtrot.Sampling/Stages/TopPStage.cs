using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>Keeps the smallest set of most probable tokens whose mass reaches p; of equally probable ones the lower id comes first.</summary>
/// <remarks>Source: Holtzman et al. 2019, arXiv:1904.09751.</remarks>
internal sealed class TopPStage(double p) : Stage
{
    public override SamplerStage Name => SamplerStage.TopP;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        row.KeepNucleus(p);
        return p;
    }
}
