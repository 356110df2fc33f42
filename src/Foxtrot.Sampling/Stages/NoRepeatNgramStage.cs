using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>A token that would complete an n-gram of prompt and output becomes impossible.</summary>
internal sealed class NoRepeatNgramStage(int size) : Stage
{
    public override SamplerStage Name => SamplerStage.NoRepeatNgram;

    public override bool EditsLogits => true;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        ReadOnlySpan<int> tokens = context.History.Tokens;
        int prefix = size - 1;
        if (tokens.Length < size)
        {
            return size;
        }

        ReadOnlySpan<int> ending = tokens[^prefix..];
        for (int start = 0; start + prefix < tokens.Length; start++)
        {
            if (tokens.Slice(start, prefix).SequenceEqual(ending))
            {
                row.Row[tokens[start + prefix]] = float.NegativeInfinity;
            }
        }

        return size;
    }
}
