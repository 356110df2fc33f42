using Foxtrot.Sampling.Candidates;

namespace Foxtrot.Sampling.Stages;

/// <summary>The last token of a forbidden sequence becomes impossible when prompt and output end with the rest of it.</summary>
internal sealed class BadWordsStage : Stage
{
    private readonly int[][] _sequences;

    public BadWordsStage(IReadOnlyList<IReadOnlyList<int>> sequences) =>
        _sequences = sequences.Select(sequence => sequence.ToArray()).ToArray();

    public override SamplerStage Name => SamplerStage.BadWords;

    public override bool EditsLogits => true;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        foreach (int[] sequence in _sequences)
        {
            if (context.History.Tokens.EndsWith(sequence.AsSpan(0, sequence.Length - 1)))
            {
                row.Row[sequence[^1]] = float.NegativeInfinity;
            }
        }

        return _sequences.Length;
    }
}
