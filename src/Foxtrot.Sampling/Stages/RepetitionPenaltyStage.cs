using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>Tokens of prompt and output: a positive logit is divided by the penalty, another multiplied.</summary>
/// <remarks>Source: Keskar et al. 2019, arXiv:1909.05858. Computed in double precision, rounded once.</remarks>
internal sealed class RepetitionPenaltyStage(double penalty) : Stage
{
    public override SamplerStage Name => SamplerStage.RepetitionPenalty;

    public override bool EditsLogits => true;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        Span<float> logits = row.Row;
        foreach (int token in context.History.Counts!.Tokens)
        {
            double logit = logits[token];
            logits[token] = OrderedBits.ToFiniteFloat(logit > 0 ? logit / penalty : logit * penalty);
        }

        return penalty;
    }
}
