using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>Output tokens lose frequency · count + presence.</summary>
/// <remarks>As OpenAI's API defines the two penalties. Computed in double precision, rounded once.</remarks>
internal sealed class FrequencyPresenceStage(double frequency, double presence) : Stage
{
    public override SamplerStage Name => SamplerStage.FrequencyPresencePenalty;

    public override bool EditsLogits => true;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        Span<float> logits = row.Row;
        ReadOnlySpan<int> tokens = context.History.Counts!.Tokens;
        ReadOnlySpan<int> outputs = context.History.Counts.Outputs;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (outputs[i] > 0)
            {
                ref float logit = ref logits[tokens[i]];
                logit = OrderedBits.ToFiniteFloat(logit - (frequency * outputs[i] + presence));
            }
        }

        return frequency != 0 ? frequency : presence;
    }
}
