using Foxtrot.Sampling.Kernels;
using Foxtrot.Sampling.Numerics;

namespace Foxtrot.Sampling.Candidates;

/// <content>Gumbel-max: the arg max of logit / T plus noise.</content>
internal ref partial struct CandidateRow
{
    /// <summary>The survivor with the largest logit / T + Gumbel noise, the lowest id on a tie.</summary>
    /// <remarks>
    /// The block with the largest logit goes first; then a block is looked into only where a random word is large enough
    /// to lift the block's largest logit over the best score so far. That rules out nearly every token without a logarithm.
    /// Source: Maddison, Tarlow, Minka 2014, arXiv:1411.0030.
    /// </remarks>
    public int GumbelMax(ulong seed, long position, int choice, out double score)
    {
        EnsureBlockMax();
        ReadOnlySpan<float> maxima = _scratch.BlockMax.AsSpan(0, RowKernels.BlockCount(_count));
        int first = maxima.IndexOf(_max);
        int best = -1;
        score = double.NegativeInfinity;
        GumbelBlock(first, maxima[first], seed, position, choice, ref best, ref score);
        for (int block = 0; block < maxima.Length; block++)
        {
            if (block != first && maxima[block] >= _threshold)
            {
                GumbelBlock(block, maxima[block], seed, position, choice, ref best, ref score);
            }
        }

        return TokenAt(best);
    }

    /// <summary>A token's logit / T + Gumbel noise.</summary>
    public readonly double GumbelScore(float logit, int token, ulong seed, long position, int choice) =>
        logit * InverseTemperature + DrawRandom.Gumbel(seed, position, choice, token);

    private readonly void GumbelBlock(
        int block, float blockMax, ulong seed, long position, int choice, ref int best, ref double score)
    {
        int start = block * RowKernels.BlockSize;
        int end = Math.Min(start + RowKernels.BlockSize, _count);
        ReadOnlySpan<float> view = View;
        uint least = LeastWord(score - blockMax * InverseTemperature);
        uint wordsOf = uint.MaxValue;
        (uint Word0, uint Word1, uint Word2, uint Word3) words = default;
        for (int i = start; i < end; i++)
        {
            int token = TokenAt(i);
            if ((uint)token >> 2 != wordsOf)
            {
                wordsOf = (uint)token >> 2;
                words = DrawRandom.Block(seed, position, choice, DrawPurpose.Gumbel, wordsOf);
            }

            uint word = (token & 3) switch
            {
                0 => words.Word0,
                1 => words.Word1,
                2 => words.Word2,
                _ => words.Word3,
            };
            if (word < least || !(view[i] >= _threshold))
            {
                continue;
            }

            double candidate = view[i] * InverseTemperature + DrawRandom.GumbelOf(word);
            if (candidate > score || (candidate == score && i < best))
            {
                score = candidate;
                best = i;
                least = LeastWord(score - blockMax * InverseTemperature);
            }
        }
    }

    /// <summary>The smallest random word whose noise may reach this value; a little lower, so that rounding excludes nothing.</summary>
    private static uint LeastWord(double noise)
    {
        double uniform = PortableMath.Exp(-PortableMath.Exp(-noise + 1e-6));
        double word = uniform * (1.0 - 1e-9) * (1L << 32) - 2;
        return word <= 0 ? 0 : (uint)Math.Min(word, uint.MaxValue);
    }
}
