using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Foxtrot.Sampling.Kernels;

/// <summary>The row passes, written once for every register width.</summary>
/// <remarks>
/// A block is walked by columns of one register, sixteen elements apart, so that two accumulators serve each column and
/// the virtual lanes are the same for all widths. A last, shorter block is padded with −∞, whose weight 0 changes no sum.
/// </remarks>
internal sealed partial class RowKernels<TWidth, TFloat, TDouble> : RowKernels
    where TWidth : struct, IVectorWidth<TFloat, TDouble>
    where TFloat : struct
    where TDouble : struct
{
    private const int Lanes = 16;
    private const int Groups = BlockSize / Lanes;

    public override int Width => TWidth.Count;

    /// <summary>2^(d·c − B): see <see cref="ExpScale"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Weight(TFloat logit, in ExpLanes<TWidth, TFloat, TDouble> scale)
    {
        TFloat d = TWidth.Max(TWidth.Subtract(logit, scale.Origin), scale.Floor);
        TFloat rounder = TWidth.Broadcast(ExpScale.Rounder);
        TFloat shifted = TWidth.FusedMultiplyAdd(d, scale.SlopeHigh, rounder);
        TFloat minusWhole = TWidth.Subtract(rounder, shifted);
        TFloat r = TWidth.FusedMultiplyAdd(d, scale.SlopeHigh, minusWhole);
        r = TWidth.FusedMultiplyAdd(d, scale.SlopeLow, r);
        TFloat p = TWidth.FusedMultiplyAdd(TWidth.Broadcast(ExpScale.C6), r, TWidth.Broadcast(ExpScale.C5));
        p = TWidth.FusedMultiplyAdd(p, r, TWidth.Broadcast(ExpScale.C4));
        p = TWidth.FusedMultiplyAdd(p, r, TWidth.Broadcast(ExpScale.C3));
        p = TWidth.FusedMultiplyAdd(p, r, TWidth.Broadcast(ExpScale.C2));
        p = TWidth.FusedMultiplyAdd(p, r, TWidth.Broadcast(ExpScale.C1));
        p = TWidth.FusedMultiplyAdd(p, r, TWidth.Broadcast(1f));
        return TWidth.Multiply(p, TWidth.PowerOfTwo(shifted, scale.ExponentBias));
    }

    [SkipLocalsInit]
    public override float Max(ReadOnlySpan<float> row, Span<float> blockMax)
    {
        float max = float.NegativeInfinity;
        TFloat magnitude = TWidth.Broadcast(0);
        Span<float> padded = stackalloc float[BlockSize];
        for (int b = 0; b < blockMax.Length; b++)
        {
            ref float x = ref Block(row, b, padded, out int groups);
            float largest = MaxOfBlock(ref x, (nuint)(groups * Lanes), ref magnitude);
            blockMax[b] = largest;
            max = largest > max ? largest : max;
        }

        return TWidth.HasNaN(magnitude) ? float.NaN : max;
    }

    // The loops over a block are methods of their own, so that registers are given out for them alone.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float MaxOfBlock(ref float x, nuint end, ref TFloat magnitude)
    {
        nuint step = (nuint)TWidth.Count;
        TFloat seen = magnitude;
        TFloat otherSeen = seen;
        TFloat best = TWidth.Broadcast(float.NegativeInfinity);
        TFloat other = best;
        nuint i = 0;
        // Two chains, since one would wait for each maximum.
        for (; i + step < end; i += 2 * step)
        {
            TFloat value = TWidth.Load(ref x, i);
            TFloat next = TWidth.Load(ref x, i + step);
            seen = TWidth.JoinMagnitude(seen, value);
            otherSeen = TWidth.JoinMagnitude(otherSeen, next);
            best = TWidth.Max(best, value);
            other = TWidth.Max(other, next);
        }

        if (i < end)
        {
            TFloat value = TWidth.Load(ref x, i);
            seen = TWidth.JoinMagnitude(seen, value);
            best = TWidth.Max(best, value);
        }

        magnitude = TWidth.JoinMagnitude(seen, otherSeen);
        return TWidth.MaxLane(TWidth.Max(best, other));
    }

    public override int CountAtLeast(ReadOnlySpan<float> row, float threshold)
    {
        TFloat t = TWidth.Broadcast(threshold);
        ref float x = ref MemoryMarshal.GetReference(row);
        nuint length = (nuint)row.Length;
        nuint vectors = length - length % (nuint)TWidth.Count;
        int count = 0;
        nuint i = 0;
        for (; i < vectors; i += (nuint)TWidth.Count)
        {
            count += BitOperations.PopCount(TWidth.AtLeast(TWidth.Load(ref x, i), t));
        }

        for (; i < length; i++)
        {
            count += Unsafe.Add(ref x, i) >= threshold ? 1 : 0;
        }

        return count;
    }

    [SkipLocalsInit]
    public override int Collect(ReadOnlySpan<float> row, ReadOnlySpan<float> blockMax, float low, float high, Span<int> positions)
    {
        Span<float> padded = stackalloc float[BlockSize];
        int blocks = BlockCount(row.Length);
        int count = 0;
        for (int b = 0; b < blocks; b++)
        {
            if (b < blockMax.Length && !(blockMax[b] >= low))
            {
                continue;
            }

            ref float x = ref Block(row, b, padded, out int groups);
            count = CollectFromBlock(ref x, (nuint)(groups * Lanes), low, high, b * BlockSize, positions, count);
            if (count < 0)
            {
                return -1;
            }
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CollectFromBlock(ref float x, nuint end, float low, float high, int first, Span<int> positions, int count)
    {
        TFloat lowLanes = TWidth.Broadcast(low);
        TFloat highLanes = TWidth.Broadcast(high);
        for (nuint i = 0; i < end; i += (nuint)TWidth.Count)
        {
            count = TWidth.AppendPositions(TWidth.Load(ref x, i), lowLanes, highLanes, first + (int)i, positions, count);
            if (count < 0)
            {
                return -1;
            }
        }

        return count;
    }

    /// <summary>A block's first element: in the row, or in a padded copy when the row ends within the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref float Block(ReadOnlySpan<float> row, int block, Span<float> padded, out int groups)
    {
        int start = block * BlockSize;
        int length = row.Length - start;
        if (length >= BlockSize)
        {
            groups = Groups;
            return ref Unsafe.Add(ref MemoryMarshal.GetReference(row), start);
        }

        groups = (length + Lanes - 1) / Lanes;
        row[start..].CopyTo(padded);
        padded[length..(groups * Lanes)].Fill(float.NegativeInfinity);
        return ref MemoryMarshal.GetReference(padded);
    }

    /// <summary>The lanes' sum in a fixed tree: halves are added until one number is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double AddLanes(ref double lanes)
    {
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int j = 0; j < half; j++)
            {
                Unsafe.Add(ref lanes, j) += Unsafe.Add(ref lanes, j + half);
            }
        }

        return lanes;
    }
}
