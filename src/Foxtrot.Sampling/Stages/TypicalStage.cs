using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>Keeps the tokens whose surprise is nearest to the entropy, until their mass reaches p.</summary>
/// <remarks>
/// Source: Meister et al. 2022, arXiv:2202.00666. |−ln p − H| is T⁻¹ · |logit − c| with c = T (ln Z − H), so tokens are
/// ordered by |logit − c|, computed in double precision and rounded to single; of equal ones the lower id comes first.
/// </remarks>
internal sealed class TypicalStage(double p) : Stage
{
    public override SamplerStage Name => SamplerStage.TypicalP;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        double entropy = row.Entropy(out double logTotal);
        double centre = (logTotal - entropy) / row.InverseTemperature;
        ReadOnlySpan<float> view = row.View;
        float threshold = row.Threshold;
        Span<float> keys = context.Scratch.Keys.AsSpan(0, view.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            float logit = view[i];
            keys[i] = logit >= threshold ? (float)-Math.Abs(logit - centre) : float.NegativeInfinity;
        }

        row.KeepByKey(keys, p);
        return p;
    }
}
