using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Foxtrot.Sampling.Kernels;

/// <content>The passes that add up weights.</content>
internal sealed partial class RowKernels<TWidth, TFloat, TDouble>
{
    private interface ISwitch
    {
        static abstract bool On { get; }
    }

    private readonly struct Yes : ISwitch
    {
        public static bool On => true;
    }

    private readonly struct No : ISwitch
    {
        public static bool On => false;
    }

    public override double SumWeights(ReadOnlySpan<float> row, in ExpScale scale, float keep, Span<double> blockSums) =>
        keep > float.MinValue
            ? AddWeights<Yes, No>(row, scale, keep, [], blockSums)
            : AddWeights<No, No>(row, scale, keep, [], blockSums);

    public override double StoreWeights(ReadOnlySpan<float> row, in ExpScale scale, float keep, Span<float> weights, Span<double> blockSums) =>
        keep > float.MinValue
            ? AddWeights<Yes, Yes>(row, scale, keep, weights, blockSums)
            : AddWeights<No, Yes>(row, scale, keep, weights, blockSums);

    [SkipLocalsInit]
    private static double AddWeights<TCut, TStore>(
        ReadOnlySpan<float> row, in ExpScale scale, float keep, Span<float> weights, Span<double> blockSums)
        where TCut : ISwitch
        where TStore : ISwitch
    {
        Span<double> lanes = stackalloc double[Lanes];
        Span<float> padded = stackalloc float[BlockSize];
        Span<float> paddedWeights = stackalloc float[BlockSize];
        ref double lane = ref MemoryMarshal.GetReference(lanes);
        int blocks = BlockCount(row.Length);
        double total = 0;
        for (int b = 0; b < blocks; b++)
        {
            ref float x = ref Block(row, b, padded, out int groups);
            bool whole = row.Length - b * BlockSize >= BlockSize;
            ref float w = ref MemoryMarshal.GetReference(TStore.On && whole ? weights.Slice(b * BlockSize, BlockSize) : paddedWeights);
            nuint end = (nuint)(groups * Lanes);
            for (nuint column = 0; column < Lanes; column += (nuint)TWidth.Count)
            {
                AddColumn<TCut, TStore>(ref x, ref w, column, end, scale, keep, ref lane);
            }

            if (TStore.On && !whole)
            {
                paddedWeights[..(row.Length - b * BlockSize)].CopyTo(weights[(b * BlockSize)..]);
            }

            double sum = AddLanes(ref lane);
            blockSums[b] = sum;
            total += sum;
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddColumn<TCut, TStore>(
        ref float x, ref float w, nuint column, nuint end, in ExpScale scale, float keep, ref double lane)
        where TCut : ISwitch
        where TStore : ISwitch
    {
        ExpLanes<TWidth, TFloat, TDouble> lanesOfScale = new(scale);
        TFloat threshold = TWidth.Broadcast(keep);
        TDouble lower = default;
        TDouble upper = default;
        for (nuint i = column; i < end; i += Lanes)
        {
            TFloat logit = TWidth.Load(ref x, i);
            TFloat weight = Weight(logit, lanesOfScale);
            if (TCut.On)
            {
                weight = TWidth.WhereAtLeast(logit, threshold, weight);
            }

            if (TStore.On)
            {
                TWidth.Store(weight, ref w, i);
            }

            lower = TWidth.Add(lower, TWidth.WidenLower(weight));
            upper = TWidth.Add(upper, TWidth.WidenUpper(weight));
        }

        TWidth.StoreLanes(lower, upper, ref Unsafe.Add(ref lane, column));
    }

    [SkipLocalsInit]
    public override double SumWeightedLogits(ReadOnlySpan<float> row, in ExpScale scale, float keep, out double weightedLogits)
    {
        Span<double> lanes = stackalloc double[Lanes];
        Span<double> logitLanes = stackalloc double[Lanes];
        Span<float> padded = stackalloc float[BlockSize];
        ref double lane = ref MemoryMarshal.GetReference(lanes);
        ref double logitLane = ref MemoryMarshal.GetReference(logitLanes);
        int blocks = BlockCount(row.Length);
        double total = 0;
        weightedLogits = 0;
        for (int b = 0; b < blocks; b++)
        {
            ref float x = ref Block(row, b, padded, out int groups);
            nuint end = (nuint)(groups * Lanes);
            for (nuint column = 0; column < Lanes; column += (nuint)TWidth.Count)
            {
                AddLogitColumn(ref x, column, end, scale, keep, ref lane, ref logitLane);
            }

            total += AddLanes(ref lane);
            weightedLogits += AddLanes(ref logitLane);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddLogitColumn(
        ref float x, nuint column, nuint end, in ExpScale scale, float keep, ref double lane, ref double logitLane)
    {
        ExpLanes<TWidth, TFloat, TDouble> lanesOfScale = new(scale);
        TFloat threshold = TWidth.Broadcast(keep);
        TDouble lower = default;
        TDouble upper = default;
        TDouble logitLower = default;
        TDouble logitUpper = default;
        for (nuint i = column; i < end; i += Lanes)
        {
            TFloat logit = TWidth.Load(ref x, i);
            TFloat weight = TWidth.WhereAtLeast(logit, threshold, Weight(logit, lanesOfScale));
            // The floor keeps −∞ · 0 from becoming NaN; below it the weight is 0 in any case.
            TFloat distance = TWidth.Max(TWidth.Subtract(logit, lanesOfScale.Origin), lanesOfScale.Floor);
            TDouble weightLower = TWidth.WidenLower(weight);
            TDouble weightUpper = TWidth.WidenUpper(weight);
            lower = TWidth.Add(lower, weightLower);
            upper = TWidth.Add(upper, weightUpper);
            logitLower = TWidth.FusedMultiplyAdd(weightLower, TWidth.WidenLower(distance), logitLower);
            logitUpper = TWidth.FusedMultiplyAdd(weightUpper, TWidth.WidenUpper(distance), logitUpper);
        }

        TWidth.StoreLanes(lower, upper, ref Unsafe.Add(ref lane, column));
        TWidth.StoreLanes(logitLower, logitUpper, ref Unsafe.Add(ref logitLane, column));
    }

    [SkipLocalsInit]
    public override int Moments(ReadOnlySpan<float> row, float origin, float keep, out double sum, out double squares)
    {
        TFloat originLanes = TWidth.Broadcast(origin);
        TFloat threshold = TWidth.Broadcast(keep);
        Span<double> lanes = stackalloc double[Lanes];
        Span<double> squareLanes = stackalloc double[Lanes];
        Span<float> padded = stackalloc float[BlockSize];
        ref double lane = ref MemoryMarshal.GetReference(lanes);
        ref double squareLane = ref MemoryMarshal.GetReference(squareLanes);
        int blocks = BlockCount(row.Length);
        int count = 0;
        sum = 0;
        squares = 0;
        for (int b = 0; b < blocks; b++)
        {
            ref float x = ref Block(row, b, padded, out int groups);
            nuint end = (nuint)(groups * Lanes);
            for (nuint column = 0; column < Lanes; column += (nuint)TWidth.Count)
            {
                TDouble lower = default;
                TDouble upper = default;
                TDouble squareLower = default;
                TDouble squareUpper = default;
                for (nuint i = column; i < end; i += Lanes)
                {
                    TFloat logit = TWidth.Load(ref x, i);
                    count += BitOperations.PopCount(TWidth.AtLeast(logit, threshold));
                    TFloat distance = TWidth.WhereAtLeast(logit, threshold, TWidth.Subtract(logit, originLanes));
                    TDouble distanceLower = TWidth.WidenLower(distance);
                    TDouble distanceUpper = TWidth.WidenUpper(distance);
                    lower = TWidth.Add(lower, distanceLower);
                    upper = TWidth.Add(upper, distanceUpper);
                    squareLower = TWidth.FusedMultiplyAdd(distanceLower, distanceLower, squareLower);
                    squareUpper = TWidth.FusedMultiplyAdd(distanceUpper, distanceUpper, squareUpper);
                }

                TWidth.StoreLanes(lower, upper, ref Unsafe.Add(ref lane, column));
                TWidth.StoreLanes(squareLower, squareUpper, ref Unsafe.Add(ref squareLane, column));
            }

            sum += AddLanes(ref lane);
            squares += AddLanes(ref squareLane);
        }

        return count;
    }

    [SkipLocalsInit]
    public override int SumAtLeast(ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, float threshold, Span<double> blockSums, out double sum)
    {
        Span<double> lanes = stackalloc double[Lanes];
        Span<float> padded = stackalloc float[BlockSize];
        Span<float> paddedWeights = stackalloc float[BlockSize];
        ref double lane = ref MemoryMarshal.GetReference(lanes);
        int blocks = BlockCount(keys.Length);
        int count = 0;
        sum = 0;
        for (int b = 0; b < blocks; b++)
        {
            ref float key = ref Block(keys, b, padded, out int groups);
            // Padding weights are −∞, and never counted because their keys are.
            ref float w = ref Block(weights, b, paddedWeights, out _);
            for (nuint column = 0; column < Lanes; column += (nuint)TWidth.Count)
            {
                count += AddColumnAtLeast<Yes>(ref key, ref w, column, (nuint)(groups * Lanes), threshold, ref lane);
            }

            double blockSum = AddLanes(ref lane);
            if (b < blockSums.Length)
            {
                blockSums[b] = blockSum;
            }

            sum += blockSum;
        }

        return count;
    }

    [SkipLocalsInit]
    public override int SumAndCollect(
        ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, float low, float high, Span<double> blockSums, Span<int> positions, out double sum)
    {
        Span<double> lanes = stackalloc double[Lanes];
        Span<float> padded = stackalloc float[BlockSize];
        Span<float> paddedWeights = stackalloc float[BlockSize];
        ref double lane = ref MemoryMarshal.GetReference(lanes);
        int blocks = BlockCount(keys.Length);
        int count = 0;
        sum = 0;
        for (int b = 0; b < blocks; b++)
        {
            ref float key = ref Block(keys, b, padded, out int groups);
            ref float w = ref Block(weights, b, paddedWeights, out _);
            nuint end = (nuint)(groups * Lanes);
            for (nuint column = 0; column < Lanes; column += (nuint)TWidth.Count)
            {
                _ = AddColumnAtLeast<No>(ref key, ref w, column, end, high, ref lane);
            }

            // The block is still in the nearest cache. One loop for both was slower.
            count = count < 0 ? count : CollectFromBlock(ref key, end, low, high, b * BlockSize, positions, count);
            blockSums[b] = AddLanes(ref lane);
            sum += blockSums[b];
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int AddColumnAtLeast<TCount>(ref float key, ref float w, nuint column, nuint end, float threshold, ref double lane)
        where TCount : ISwitch
    {
        TFloat thresholdLanes = TWidth.Broadcast(threshold);
        TDouble lower = default;
        TDouble upper = default;
        int count = 0;
        for (nuint i = column; i < end; i += Lanes)
        {
            TFloat value = TWidth.Load(ref key, i);
            if (TCount.On)
            {
                count += BitOperations.PopCount(TWidth.AtLeast(value, thresholdLanes));
            }

            TFloat weight = TWidth.WhereAtLeast(value, thresholdLanes, TWidth.Load(ref w, i));
            lower = TWidth.Add(lower, TWidth.WidenLower(weight));
            upper = TWidth.Add(upper, TWidth.WidenUpper(weight));
        }

        TWidth.StoreLanes(lower, upper, ref Unsafe.Add(ref lane, column));
        return count;
    }
}
