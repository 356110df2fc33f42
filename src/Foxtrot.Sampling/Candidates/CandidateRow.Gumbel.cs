using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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

    [SkipLocalsInit]
    private readonly void GumbelBlock(
        int block, float blockMax, ulong seed, long position, int choice, ref int best, ref double score)
    {
        int start = block * RowKernels.BlockSize;
        ReadOnlySpan<float> logits = View.Slice(start, Math.Min(RowKernels.BlockSize, _count - start));
        uint least = LeastWord(score - blockMax * InverseTemperature);
        if (_listed)
        {
            for (int i = 0; i < logits.Length; i++)
            {
                int token = TokenAt(start + i);
                uint word = DrawRandom.GumbelWord(seed, position, choice, token);
                if (word >= least && Consider(logits[i], start + i, word, ref best, ref score))
                {
                    least = LeastWord(score - blockMax * InverseTemperature);
                }
            }

            return;
        }

        const int Counters = RowKernels.BlockSize / 4;
        Span<uint> words = stackalloc uint[RowKernels.BlockSize];
        uint counter3 = (uint)DrawPurpose.Gumbel + ((uint)(start / 4) << 8);
        PhiloxLanes.Fill(_kernels.Width, (uint)position, (uint)(position >> 32), (uint)choice, counter3, 1 << 8, seed, words);
        for (int at = 0; at < words.Length; at += Vector256<uint>.Count)
        {
            if (!Vector256.GreaterThanOrEqualAny(Vector256.Create<uint>(words.Slice(at, Vector256<uint>.Count)), Vector256.Create(least)))
            {
                continue;
            }

            for (int i = at; i < at + Vector256<uint>.Count; i++)
            {
                int offset = i % Counters * 4 + i / Counters;
                if (words[i] >= least && offset < logits.Length
                    && Consider(logits[offset], start + offset, words[i], ref best, ref score))
                {
                    least = LeastWord(score - blockMax * InverseTemperature);
                }
            }
        }
    }

    /// <summary>Computes one token's score; true if it is now the best.</summary>
    private readonly bool Consider(float logit, int at, uint word, ref int best, ref double score)
    {
        if (!(logit >= _threshold))
        {
            return false;
        }

        double candidate = logit * InverseTemperature + DrawRandom.GumbelOf(word);
        if (candidate > score || (candidate == score && at < best))
        {
            score = candidate;
            best = at;
            return true;
        }

        return false;
    }

    /// <summary>The smallest random word whose noise may reach this value; a little lower, so that rounding excludes nothing.</summary>
    private static uint LeastWord(double noise)
    {
        double uniform = PortableMath.Exp(-PortableMath.Exp(-noise + 1e-6));
        double word = uniform * (1.0 - 1e-9) * (1L << 32) - 2;
        return word <= 0 ? 0 : (uint)Math.Min(word, uint.MaxValue);
    }
}
