using Foxtrot.Sampling.Candidates;
using Foxtrot.Sampling.Numerics;

namespace Foxtrot.Sampling.Stages;

/// <summary>"Don't repeat yourself": a token that would continue a repetition loses multiplier · base^(length − allowed length).</summary>
/// <remarks>
/// Source: p-e-w's DRY sampler as llama.cpp defines it. A token's match length is the longest suffix of the history that
/// also stands directly before an earlier appearance of the token; only the last n tokens count, and only those after the
/// last sequence breaker. A breaker itself is never penalised. Match lengths come from the Z-algorithm on the reversed history: linear in its length.
/// </remarks>
internal sealed class DryStage(double multiplier, double @base, int allowedLength, int lastN, IReadOnlySet<int> breakers) : Stage
{
    // Larger penalties would not differ in effect, and must not become infinite.
    private const double LargestPenalty = 1e30;

    public override SamplerStage Name => SamplerStage.Dry;

    public override bool EditsLogits => true;

    public override double Apply(ref CandidateRow row, in StepContext context)
    {
        ReadOnlySpan<int> tokens = context.History.Tokens;
        if (lastN >= 0 && lastN < tokens.Length)
        {
            tokens = tokens[^lastN..];
        }

        int limit = 0;
        while (limit < tokens.Length && !breakers.Contains(tokens[^(limit + 1)]))
        {
            limit++;
        }

        if (tokens.Length <= allowedLength || limit < allowedLength)
        {
            return multiplier;
        }

        Span<int> lengths = context.Scratch.ReserveMatchLengths(tokens.Length);
        MatchLengths(tokens, limit, lengths);
        Penalise(row.Row, tokens, lengths);
        return multiplier;
    }

    /// <summary>For every distance k from the end, how many tokens before it equal the history's ending (Z-algorithm).</summary>
    private static void MatchLengths(ReadOnlySpan<int> tokens, int limit, Span<int> lengths)
    {
        int count = tokens.Length;
        lengths[0] = 0;
        int left = 0;
        int right = 0; // reversed[left..right] equals the reversed history's beginning
        for (int k = 1; k < count; k++)
        {
            int length = k < right ? Math.Min(right - k, lengths[k - left]) : 0;
            while (k + length < count && tokens[count - 1 - length] == tokens[count - 1 - k - length])
            {
                length++;
            }

            lengths[k] = length;
            if (k + length > right)
            {
                left = k;
                right = k + length;
            }
        }

        foreach (ref int length in lengths)
        {
            length = Math.Min(length, limit);
        }
    }

    /// <summary>Applies each token's longest match once.</summary>
    private void Penalise(Span<float> logits, ReadOnlySpan<int> tokens, Span<int> lengths)
    {
        int count = tokens.Length;
        for (int k = 1; k < count; k++)
        {
            int length = lengths[k];
            if (length < allowedLength)
            {
                continue;
            }

            int token = tokens[count - k];
            if (breakers.Contains(token))
            {
                continue;
            }

            for (int other = k + 1; other < count; other++)
            {
                if (lengths[other] >= allowedLength && tokens[count - other] == token)
                {
                    length = Math.Max(length, lengths[other]);
                    lengths[other] = 0;
                }
            }

            double penalty = Math.Min(multiplier * PortableMath.Pow(@base, length - allowedLength), LargestPenalty);
            logits[token] = OrderedBits.ToFiniteFloat(logits[token] - penalty);
        }
    }
}
