using Foxtrot.Sampling.Numerics;

namespace Foxtrot.Sampling;

/// <summary>Random numbers as a pure function of (seed, position, choice, purpose): nothing is stored, nothing is advanced.</summary>
/// <remarks>
/// The layout, which stored seeds rely on for ever. Philox4x32-10 with
/// <code>
/// key     = (seed bits 0..31, seed bits 32..63)
/// counter = (position bits 0..31, position bits 32..63, choice, purpose + 256 · index)
/// </code>
/// where position counts from the first token of the sequence, and index is 0 except for Gumbel noise, where token t
/// takes word t mod 4 of the block with index t / 4. Thread-safe; allocates nothing.
/// </remarks>
public static class DrawRandom
{
    /// <summary>Largest token id that Gumbel noise is defined for: the index has 24 bits.</summary>
    public const int MaxGumbelToken = (1 << 26) - 1;

    /// <summary>A uniform number in [0, 1) with 53 random bits: words 1 and 0 of the block, upper bits first.</summary>
    /// <param name="seed">The session's seed.</param>
    /// <param name="position">Absolute position of the token being chosen, ≥ 0.</param>
    /// <param name="choice">Which of n parallel choices, ≥ 0.</param>
    /// <param name="purpose">What the number is for.</param>
    public static double Uniform(ulong seed, long position, int choice, DrawPurpose purpose)
    {
        (uint word0, uint word1, _, _) = Block(seed, position, choice, purpose, 0);
        return (((ulong)word1 << 32 | word0) >> 11) * (1.0 / (1L << 53));
    }

    /// <summary>Standard Gumbel noise of one token: −ln(−ln v) with v = (word + ½) / 2^32, so between −3.13 and 22.88.</summary>
    /// <param name="seed">The session's seed.</param>
    /// <param name="position">Absolute position of the token being chosen, ≥ 0.</param>
    /// <param name="choice">Which of n parallel choices, ≥ 0.</param>
    /// <param name="token">The token id, 0 to <see cref="MaxGumbelToken"/>.</param>
    public static double Gumbel(ulong seed, long position, int choice, int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(token, MaxGumbelToken);
        return GumbelOf(GumbelWord(seed, position, choice, token));
    }

    internal static uint GumbelWord(ulong seed, long position, int choice, int token)
    {
        (uint Word0, uint Word1, uint Word2, uint Word3) words = Block(seed, position, choice, DrawPurpose.Gumbel, (uint)token >> 2);
        return (token & 3) switch
        {
            0 => words.Word0,
            1 => words.Word1,
            2 => words.Word2,
            _ => words.Word3,
        };
    }

    internal static double GumbelOf(uint word) => -PortableMath.Log(-PortableMath.Log((word + 0.5) * (1.0 / (1L << 32))));

    internal static (uint Word0, uint Word1, uint Word2, uint Word3) Block(
        ulong seed, long position, int choice, DrawPurpose purpose, uint index) =>
        Philox4x32.Block(
            (uint)position, (uint)(position >> 32), (uint)choice, (uint)purpose + (index << 8), (uint)seed, (uint)(seed >> 32));
}
