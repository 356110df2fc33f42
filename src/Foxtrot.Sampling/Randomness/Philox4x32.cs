namespace Foxtrot.Sampling;

/// <summary>Philox4x32-10: four random 32-bit words as a pure function of a 128-bit counter and a 64-bit key.</summary>
/// <remarks>
/// Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3" (SC '11); equals the published
/// Random123 known-answer vectors. Thread-safe; allocates nothing.
/// </remarks>
public static class Philox4x32
{
    internal const uint Multiplier0 = 0xD2511F53;
    internal const uint Multiplier1 = 0xCD9E8D57;
    internal const uint Weyl0 = 0x9E3779B9;
    internal const uint Weyl1 = 0xBB67AE85;
    internal const int Rounds = 10;

    /// <summary>The four words that belong to a counter and a key.</summary>
    /// <param name="counter0">Counter, lowest word.</param>
    /// <param name="counter1">Counter, second word.</param>
    /// <param name="counter2">Counter, third word.</param>
    /// <param name="counter3">Counter, highest word.</param>
    /// <param name="key0">Key, lower word.</param>
    /// <param name="key1">Key, upper word.</param>
    public static (uint Word0, uint Word1, uint Word2, uint Word3) Block(
        uint counter0, uint counter1, uint counter2, uint counter3, uint key0, uint key1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * counter0;
            ulong product1 = (ulong)Multiplier1 * counter2;
            counter0 = (uint)(product1 >> 32) ^ counter1 ^ key0;
            counter1 = (uint)product1;
            counter2 = (uint)(product0 >> 32) ^ counter3 ^ key1;
            counter3 = (uint)product0;
            key0 += Weyl0;
            key1 += Weyl1;
        }

        return (counter0, counter1, counter2, counter3);
    }
}
