using Foxtrot.Sampling.Kernels;

namespace Foxtrot.Sampling.Candidates;

/// <summary>Reads log-probabilities from a row before any stage touches it.</summary>
internal static class RawLogprobs
{
    /// <summary>Fills the top tokens and the normaliser; the chosen token follows by <see cref="SetChosen"/>.</summary>
    public static void Read(ReadOnlySpan<float> row, SamplingScratch scratch, TokenLogprobs logprobs)
    {
        scratch.Reserve(row.Length);
        RowKernels kernels = scratch.Kernels;
        int blocks = RowKernels.BlockCount(row.Length);
        Span<float> maxima = scratch.BlockMax.AsSpan(0, blocks);
        float max = kernels.Max(row, maxima);
        logprobs.Count = 0;
        logprobs.LogTotal = double.NaN;
        if (!float.IsFinite(max))
        {
            return;
        }

        ExpScale scale = new(max, 1);
        logprobs.LogTotal = scale.LogOfSum(kernels.SumWeights(row, scale, float.MinValue, scratch.BlockSums));
        if (logprobs.Top > 0)
        {
            ReadTop(row, scratch, maxima, max, logprobs);
        }
    }

    /// <summary>Sets the chosen token's value from its untouched logit.</summary>
    public static void SetChosen(TokenLogprobs logprobs, float rawLogit) => logprobs.Chosen = rawLogit - logprobs.LogTotal;

    private static void ReadTop(
        ReadOnlySpan<float> row, SamplingScratch scratch, ReadOnlySpan<float> maxima, float max, TokenLogprobs logprobs)
    {
        // The k-th largest block maximum bounds the k-th largest element from below.
        float border = logprobs.Top <= maxima.Length
            ? CutSearch.ByCount(scratch, maxima, max, logprobs.Top).Key
            : CutSearch.ByCount(scratch, row, max, logprobs.Top).Key;
        int count = scratch.Kernels.Collect(row, maxima, border, float.PositiveInfinity, scratch.Positions);
        int kept = 0;
        Span<int> top = scratch.SearchPositions.AsSpan(0, logprobs.Top);
        foreach (int position in scratch.Positions.AsSpan(0, count))
        {
            // Insertion into the best so far; positions ascend, so an equal logit goes after.
            if (kept == top.Length && row[top[^1]] >= row[position])
            {
                continue;
            }

            int at = kept < top.Length ? kept++ : kept - 1;
            for (; at > 0 && row[top[at - 1]] < row[position]; at--)
            {
                top[at] = top[at - 1];
            }

            top[at] = position;
        }

        logprobs.Count = kept;
        for (int i = 0; i < kept; i++)
        {
            logprobs.Set(i, top[i], row[top[i]] - logprobs.LogTotal);
        }
    }
}
