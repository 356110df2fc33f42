using Foxtrot.Sampling.Candidates;
using Foxtrot.Sampling.Numerics;

namespace Foxtrot.Sampling.Stages;

/// <summary>Mirostat 2: tokens whose surprise exceeds mu are cut; after the draw mu moves towards the target.</summary>
/// <remarks>Source: Basu et al. 2020, arXiv:2007.14966.</remarks>
internal sealed class MirostatStage(double tau, double eta) : Stage
{
    // The surprise of a probability that no float can hold, which a forced token may have.
    private const double LargestSurprise = 126;

    public override SamplerStage Name => SamplerStage.Mirostat;

    /// <summary>Mu before the first token, in bits.</summary>
    public double FirstMu => 2 * tau;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        row.KeepProbability(-context.Mu * PortableMath.Ln2);
        return context.Mu;
    }

    /// <summary>Mu after a token with this probability in the distribution that was drawn from.</summary>
    public double NextMu(double mu, double probability)
    {
        double surprise = Math.Clamp(-PortableMath.Log(probability) * PortableMath.Log2E, 0, LargestSurprise);
        return mu - eta * (surprise - tau);
    }
}
