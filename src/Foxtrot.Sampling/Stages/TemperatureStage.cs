using Foxtrot.Sampling.Candidates;
using Foxtrot.Sampling.Numerics;

namespace Foxtrot.Sampling.Stages;

/// <summary>Logits are divided by the temperature, fixed or dependent on the entropy.</summary>
/// <remarks>
/// Dynamic: T = Tmin + (Tmax − Tmin) · (H / Hmax)^exponent with Tmin = max(0, T − range), Tmax = T + range, H the entropy
/// of the survivors and Hmax the logarithm of their number.
/// </remarks>
internal sealed class TemperatureStage(double temperature, double range, double exponent) : Stage
{
    public override SamplerStage Name => SamplerStage.Temperature;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        double effective = temperature;
        if (range > 0)
        {
            double least = Math.Max(0, temperature - range);
            int count = row.CountSurvivors();
            double part = count > 1 ? Math.Min(1, row.Entropy(out _) / PortableMath.Log(count)) : 0;
            effective = least + (temperature + range - least) * PortableMath.Pow(part, exponent);
        }

        row.Scale(effective);
        return effective;
    }
}
