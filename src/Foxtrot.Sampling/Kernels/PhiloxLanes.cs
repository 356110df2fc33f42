using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Foxtrot.Sampling.Kernels;

/// <summary>Philox4x32-10 for consecutive values of the counter's highest word, several at a time.</summary>
/// <remarks>
/// A 32-bit word stands in the lower half of a 64-bit lane; what a round leaves in the upper half no later step reads,
/// since the multiplication takes lower halves only. Same words as <see cref="Philox4x32"/>, whatever the path.
/// </remarks>
internal static class PhiloxLanes
{
    /// <summary>Random words of consecutive blocks.</summary>
    /// <param name="width">Largest register to use: 16 for 512 bits, 8 for 256, else none.</param>
    /// <param name="counter0">Counter, lowest word.</param>
    /// <param name="counter1">Counter, second word.</param>
    /// <param name="counter2">Counter, third word.</param>
    /// <param name="counter3">Counter, highest word, of the first block.</param>
    /// <param name="step">What is added to the highest word from block to block.</param>
    /// <param name="seed">Key.</param>
    /// <param name="words">[4, blocks]: word w of block b at w · blocks + b. The number of blocks is a multiple of 8.</param>
    public static void Fill(
        int width, uint counter0, uint counter1, uint counter2, uint counter3, uint step, ulong seed, Span<uint> words)
    {
        if (width >= 16 && Avx512F.IsSupported)
        {
            Fill512(counter0, counter1, counter2, counter3, step, seed, words);
        }
        else if (width >= 8 && Avx2.IsSupported)
        {
            Fill256(counter0, counter1, counter2, counter3, step, seed, words);
        }
        else
        {
            FillScalar(counter0, counter1, counter2, counter3, step, seed, words);
        }
    }

    private static void FillScalar(
        uint counter0, uint counter1, uint counter2, uint counter3, uint step, ulong seed, Span<uint> words)
    {
        int blocks = words.Length / 4;
        for (int b = 0; b < blocks; b++)
        {
            (words[b], words[blocks + b], words[2 * blocks + b], words[3 * blocks + b]) =
                Philox4x32.Block(counter0, counter1, counter2, counter3 + (uint)b * step, (uint)seed, (uint)(seed >> 32));
        }
    }

    private static void Fill512(
        uint counter0, uint counter1, uint counter2, uint counter3, uint step, ulong seed, Span<uint> words)
    {
        nuint blocks = (nuint)words.Length / 4;
        ref uint to = ref MemoryMarshal.GetReference(words);
        Vector512<uint> multiplier0 = Vector512.Create((ulong)Philox4x32.Multiplier0).AsUInt32();
        Vector512<uint> multiplier1 = Vector512.Create((ulong)Philox4x32.Multiplier1).AsUInt32();
        for (nuint b = 0; b < blocks; b += 8)
        {
            Vector512<ulong> c0 = Vector512.Create((ulong)counter0);
            Vector512<ulong> c1 = Vector512.Create((ulong)counter1);
            Vector512<ulong> c2 = Vector512.Create((ulong)counter2);
            Vector512<ulong> c3 = Vector512.Create((ulong)counter3 + b * step) + Vector512<ulong>.Indices * step;
            uint key0 = (uint)seed;
            uint key1 = (uint)(seed >> 32);
            for (int round = 0; round < Philox4x32.Rounds; round++)
            {
                Vector512<ulong> product0 = Avx512F.Multiply(multiplier0, c0.AsUInt32());
                Vector512<ulong> product1 = Avx512F.Multiply(multiplier1, c2.AsUInt32());
                c0 = (product1 >>> 32) ^ c1 ^ Vector512.Create((ulong)key0);
                c1 = product1;
                c2 = (product0 >>> 32) ^ c3 ^ Vector512.Create((ulong)key1);
                c3 = product0;
                key0 += Philox4x32.Weyl0;
                key1 += Philox4x32.Weyl1;
            }

            Avx512F.ConvertToVector256UInt32(c0).StoreUnsafe(ref to, b);
            Avx512F.ConvertToVector256UInt32(c1).StoreUnsafe(ref to, blocks + b);
            Avx512F.ConvertToVector256UInt32(c2).StoreUnsafe(ref to, 2 * blocks + b);
            Avx512F.ConvertToVector256UInt32(c3).StoreUnsafe(ref to, 3 * blocks + b);
        }
    }

    private static void Fill256(
        uint counter0, uint counter1, uint counter2, uint counter3, uint step, ulong seed, Span<uint> words)
    {
        nuint blocks = (nuint)words.Length / 4;
        ref uint to = ref MemoryMarshal.GetReference(words);
        Vector256<uint> multiplier0 = Vector256.Create((ulong)Philox4x32.Multiplier0).AsUInt32();
        Vector256<uint> multiplier1 = Vector256.Create((ulong)Philox4x32.Multiplier1).AsUInt32();
        for (nuint b = 0; b < blocks; b += 4)
        {
            Vector256<ulong> c0 = Vector256.Create((ulong)counter0);
            Vector256<ulong> c1 = Vector256.Create((ulong)counter1);
            Vector256<ulong> c2 = Vector256.Create((ulong)counter2);
            Vector256<ulong> c3 = Vector256.Create((ulong)counter3 + b * step) + Vector256<ulong>.Indices * step;
            uint key0 = (uint)seed;
            uint key1 = (uint)(seed >> 32);
            for (int round = 0; round < Philox4x32.Rounds; round++)
            {
                Vector256<ulong> product0 = Avx2.Multiply(multiplier0, c0.AsUInt32());
                Vector256<ulong> product1 = Avx2.Multiply(multiplier1, c2.AsUInt32());
                c0 = (product1 >>> 32) ^ c1 ^ Vector256.Create((ulong)key0);
                c1 = product1;
                c2 = (product0 >>> 32) ^ c3 ^ Vector256.Create((ulong)key1);
                c3 = product0;
                key0 += Philox4x32.Weyl0;
                key1 += Philox4x32.Weyl1;
            }

            LowerHalves(c0).StoreUnsafe(ref to, b);
            LowerHalves(c1).StoreUnsafe(ref to, blocks + b);
            LowerHalves(c2).StoreUnsafe(ref to, 2 * blocks + b);
            LowerHalves(c3).StoreUnsafe(ref to, 3 * blocks + b);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> LowerHalves(Vector256<ulong> value) =>
        Vector128.Narrow(value.GetLower() & Vector128.Create(0xFFFFFFFFul), value.GetUpper() & Vector128.Create(0xFFFFFFFFul));
}
