using System.Runtime.CompilerServices;
using Foxtrot.Sampling.Kernels;

namespace Foxtrot.Sampling.Candidates;

/// <content>The choice of a token from the survivors.</content>
internal ref partial struct CandidateRow
{
    /// <summary>The largest logit's token, the lowest id on a tie.</summary>
    public int ArgMax()
    {
        EnsureBlockMax();
        int start = _scratch.BlockMax.AsSpan(0, RowKernels.BlockCount(_count)).IndexOf(_max) * RowKernels.BlockSize;
        return TokenAt(start + View[start..].IndexOf(_max));
    }

    /// <summary>The first token, in ascending id order, whose cumulative weight exceeds u · total.</summary>
    /// <remarks>
    /// The block is found by the partial sums, the token by walking its weights. A block ends at its partial sum whatever
    /// the walk's rounding, so the last survivor of a block takes the difference. A token of weight 0 is never chosen.
    /// </remarks>
    /// <param name="u">Uniform number in [0, 1).</param>
    /// <param name="probability">The token's weight as part of the total.</param>
    [SkipLocalsInit]
    public int InverseCdf(double u, out double probability)
    {
        double target = u * Total;
        int block = FindBlock(target, out double below);
        Span<float> weights = stackalloc float[RowKernels.BlockSize];
        weights = BlockWeights(block, weights);
        int chosen = -1;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                chosen = i;
                below += weights[i];
                if (below > target)
                {
                    break;
                }
            }
        }

        probability = weights[chosen] / _total;
        return TokenAt(block * RowKernels.BlockSize + chosen);
    }

    /// <summary>Every survivor's cumulative interval as <see cref="InverseCdf"/> uses it, divided by the total.</summary>
    /// <param name="low">[vocabulary], where intervals begin; untouched for tokens without weight.</param>
    /// <param name="high">[vocabulary], where intervals end.</param>
    public void Intervals(Span<double> low, Span<double> high)
    {
        double total = Total;
        double blockBegin = 0;
        Span<float> buffer = stackalloc float[RowKernels.BlockSize];
        for (int block = 0; block < RowKernels.BlockCount(_count); block++)
        {
            double blockEnd = blockBegin + _scratch.BlockSums[block];
            Span<float> weights = BlockWeights(block, buffer);
            int last = weights.LastIndexOfAnyExcept(0f);
            double begin = blockBegin;
            double sum = blockBegin;
            for (int i = 0; i <= last; i++)
            {
                if (weights[i] > 0)
                {
                    sum += weights[i];
                    double end = i == last ? blockEnd : Math.Min(sum, blockEnd);
                    int token = TokenAt(block * RowKernels.BlockSize + i);
                    low[token] = begin / total;
                    high[token] = end / total;
                    begin = end;
                }
            }

            blockBegin = blockEnd;
        }
    }

    /// <summary>A token's probability among the survivors; 0 if it is not one.</summary>
    public double ProbabilityOf(int token)
    {
        int position = PositionOf(token);
        double total = Total;
        return position >= 0 && Survives(position) ? _scale.Weight(View[position]) / total : 0;
    }

    /// <summary>The first block whose cumulative weight exceeds the target, else the last with any weight.</summary>
    private readonly int FindBlock(double target, out double below)
    {
        ReadOnlySpan<double> sums = _scratch.BlockSums.AsSpan(0, RowKernels.BlockCount(_count));
        int found = 0;
        below = 0;
        double end = 0;
        for (int block = 0; block < sums.Length; block++)
        {
            double begin = end;
            end += sums[block];
            if (sums[block] > 0)
            {
                found = block;
                below = begin;
                if (end > target)
                {
                    break;
                }
            }
        }

        return found;
    }

    private readonly Span<float> BlockWeights(int block, Span<float> buffer)
    {
        int start = block * RowKernels.BlockSize;
        int length = Math.Min(RowKernels.BlockSize, _count - start);
        if (_stored)
        {
            for (int i = 0; i < length; i++)
            {
                buffer[i] = Survives(start + i) ? _scratch.Weights[start + i] : 0;
            }

            return buffer[..length];
        }

        Span<double> sum = [0];
        _ = _kernels.StoreWeights(View.Slice(start, length), _scale, _threshold, buffer, sum);
        return buffer[..length];
    }
}
