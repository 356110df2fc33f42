using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Foxtrot.Sampling.Kernels;

/// <summary>16 single-precision numbers at a time.</summary>
internal readonly struct Width512 : IVectorWidth<Vector512<float>, Vector512<double>>
{
    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ref float source, nuint offset) => Vector512.LoadUnsafe(ref source, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, ref float destination, nuint offset) => value.StoreUnsafe(ref destination, offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Vector512.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Vector512<float> value) => Width256.MaxLane(Vector256.MaxNative(value.GetLower(), value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FusedMultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> PowerOfTwo(Vector512<float> shifted, int bias) =>
        ((shifted.AsInt32() + Vector512.Create(bias)) << 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AtLeast(Vector512<float> value, Vector512<float> threshold) =>
        (uint)Vector512.GreaterThanOrEqual(value, threshold).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AppendPositions(Vector512<float> value, Vector512<float> low, Vector512<float> high, int first, Span<int> positions, int count)
    {
        if (Avx512F.IsSupported && positions.Length - count >= Count)
        {
            Vector512<int> inside = (Vector512.GreaterThanOrEqual(value, low) & Vector512.LessThan(value, high)).AsInt32();
            Vector512<int> lanes = Vector512.Create(first) + Vector512<int>.Indices;
            // No branch: whether a lane is inside cannot be predicted.
            Avx512F.Compress(Vector512<int>.Zero, inside, lanes).StoreUnsafe(ref MemoryMarshal.GetReference(positions), (nuint)count);
            return count + BitOperations.PopCount(inside.ExtractMostSignificantBits());
        }

        return PositionList.Append(AtLeast(value, low) & ~AtLeast(value, high), first, positions, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> WhereAtLeast(Vector512<float> key, Vector512<float> threshold, Vector512<float> weight) =>
        Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(key, threshold), weight, Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> JoinMagnitude(Vector512<float> seen, Vector512<float> value) =>
        Vector512.Max(seen.AsUInt32(), value.AsUInt32() & Vector512.Create(0x7FFFFFFFu)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasNaN(Vector512<float> seen) => Vector512.GreaterThanAny(seen.AsUInt32(), Vector512.Create(0x7F800000u));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> WidenLower(Vector512<float> value) => Vector512.WidenLower(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> WidenUpper(Vector512<float> value) => Vector512.WidenUpper(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Add(Vector512<double> a, Vector512<double> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> FusedMultiplyAdd(Vector512<double> a, Vector512<double> b, Vector512<double> c) => Vector512.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLanes(Vector512<double> lower, Vector512<double> upper, ref double destination)
    {
        lower.StoreUnsafe(ref destination);
        upper.StoreUnsafe(ref destination, 8);
    }
}
