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

        if (prefix == 0)
        {
            foreach (int token in tokens)
            {
                row.Row[token] = float.NegativeInfinity;
            }

            return size;
        }

        // Only where the last token of the prefix stands can the whole prefix end.
        ReadOnlySpan<int> ending = tokens[^prefix..];
        int last = ending[^1];
        for (int at = prefix - 1; at < tokens.Length - 1; at++)
        {
            int next = tokens[at..^1].IndexOf(last);
            if (next < 0)
            {
                break;
            }

            at += next;
            if (tokens.Slice(at - prefix + 1, prefix).SequenceEqual(ending))
            {
                row.Row[tokens[at + 1]] = float.NegativeInfinity;
            }
        }

        return size;
    }
}
