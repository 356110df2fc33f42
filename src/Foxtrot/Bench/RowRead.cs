using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Foxtrot.Bench;

/// <summary>The floor that samplers are compared with: every logit of a row loaded once, with the widest vectors there are.</summary>
public static class RowRead
{
    /// <summary>Sum of the row, with eight independent accumulators so that loads, not additions, set the pace.</summary>
    /// <remarks>Compiled at full optimisation at once, so that the floor needs no warm-up.</remarks>
    public static float Sum(ReadOnlySpan<float> row) =>
        Vector512.IsHardwareAccelerated ? Sum512(row)
        : Vector256.IsHardwareAccelerated ? Sum256(row)
        : SumAny(row);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum512(ReadOnlySpan<float> row)
    {
        Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        var width = Vector512<float>.Count;
        ref var at = ref MemoryMarshal.GetReference(row);
        nuint i = 0;
        for (; i + (nuint)(8 * width) <= (nuint)row.Length; i += (nuint)(8 * width))
        {
            a += Vector512.LoadUnsafe(ref at, i);
            b += Vector512.LoadUnsafe(ref at, i + (nuint)width);
            c += Vector512.LoadUnsafe(ref at, i + (nuint)(2 * width));
            d += Vector512.LoadUnsafe(ref at, i + (nuint)(3 * width));
            e += Vector512.LoadUnsafe(ref at, i + (nuint)(4 * width));
            f += Vector512.LoadUnsafe(ref at, i + (nuint)(5 * width));
            g += Vector512.LoadUnsafe(ref at, i + (nuint)(6 * width));
            h += Vector512.LoadUnsafe(ref at, i + (nuint)(7 * width));
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h) + SumAny(row[(int)i..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum256(ReadOnlySpan<float> row)
    {
        Vector256<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        var width = Vector256<float>.Count;
        ref var at = ref MemoryMarshal.GetReference(row);
        nuint i = 0;
        for (; i + (nuint)(8 * width) <= (nuint)row.Length; i += (nuint)(8 * width))
        {
            a += Vector256.LoadUnsafe(ref at, i);
            b += Vector256.LoadUnsafe(ref at, i + (nuint)width);
            c += Vector256.LoadUnsafe(ref at, i + (nuint)(2 * width));
            d += Vector256.LoadUnsafe(ref at, i + (nuint)(3 * width));
            e += Vector256.LoadUnsafe(ref at, i + (nuint)(4 * width));
            f += Vector256.LoadUnsafe(ref at, i + (nuint)(5 * width));
            g += Vector256.LoadUnsafe(ref at, i + (nuint)(6 * width));
            h += Vector256.LoadUnsafe(ref at, i + (nuint)(7 * width));
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h) + SumAny(row[(int)i..]);
    }

    private static float SumAny(ReadOnlySpan<float> row)
    {
        var sums = Vector<float>.Zero;
        while (row.Length >= Vector<float>.Count)
        {
            sums += new Vector<float>(row);
            row = row[Vector<float>.Count..];
        }

        var sum = Vector.Sum(sums);
        foreach (var l in row)
        {
            sum += l;
        }

        return sum;
    }
}
