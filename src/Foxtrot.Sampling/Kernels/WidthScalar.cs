using System.Runtime.CompilerServices;

namespace Foxtrot.Sampling.Kernels;

/// <summary>One number at a time: the definition that every wider path equals, and the path of a machine without vectors.</summary>
internal readonly struct WidthScalar : IVectorWidth<float, double>
{
    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(ref float source, nuint offset) => Unsafe.Add(ref source, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float value, ref float destination, nuint offset) => Unsafe.Add(ref destination, offset) = value;

    public static float Broadcast(float value) => value;

    public static float Max(float a, float b) => a > b ? a : b;

    public static float MaxLane(float value) => value;

    public static float Subtract(float a, float b) => a - b;

    public static float Multiply(float a, float b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FusedMultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float PowerOfTwo(float shifted, int bias) =>
        BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(shifted) + bias) << 23);

    public static uint AtLeast(float value, float threshold) => value >= threshold ? 1u : 0u;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AppendPositions(float value, float low, float high, int first, Span<int> positions, int count)
    {
        return PositionList.Append(AtLeast(value, low) & ~AtLeast(value, high), first, positions, count);
    }

    public static float WhereAtLeast(float key, float threshold, float weight) => key >= threshold ? weight : 0;

    public static float JoinMagnitude(float seen, float value) => BitConverter.UInt32BitsToSingle(
        Math.Max(BitConverter.SingleToUInt32Bits(seen), BitConverter.SingleToUInt32Bits(value) & 0x7FFFFFFF));

    public static bool HasNaN(float seen) => float.IsNaN(seen);

    public static double WidenLower(float value) => value;

    public static double WidenUpper(float value) => 0;

    public static double Add(double a, double b) => a + b;

    public static double FusedMultiplyAdd(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);

    public static void StoreLanes(double lower, double upper, ref double destination) => destination = lower;
}
