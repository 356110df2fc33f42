using Foxtrot.Sampling.Kernels;

namespace Foxtrot.Sampling.Tests.Randomness;

/// <summary>Oracle: kat_vectors of the Random123 distribution (philox4x32, 10 rounds).</summary>
public class Philox4x32Tests
{
    [Theory]
    [InlineData(
        new uint[] { 0, 0, 0, 0 }, new uint[] { 0, 0 },
        new uint[] { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 })]
    [InlineData(
        new uint[] { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, new uint[] { 0xffffffff, 0xffffffff },
        new uint[] { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd })]
    [InlineData(
        new uint[] { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, new uint[] { 0xa4093822, 0x299f31d0 },
        new uint[] { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 })]
    public void Words_equal_the_published_known_answers(uint[] counter, uint[] key, uint[] words)
    {
        (uint, uint, uint, uint) block = Philox4x32.Block(counter[0], counter[1], counter[2], counter[3], key[0], key[1]);

        Assert.Equal((words[0], words[1], words[2], words[3]), block);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(16)]
    public void Every_register_width_gives_the_same_words(int width)
    {
        const int Blocks = 24;
        uint[] words = new uint[4 * Blocks];

        PhiloxLanes.Fill(width, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0xfffffe02, 1 << 8, 0x299f31d0_a4093822, words);

        for (int b = 0; b < Blocks; b++)
        {
            Assert.Equal(
                Philox4x32.Block(0x243f6a88, 0x85a308d3, 0x13198a2e, unchecked(0xfffffe02 + (uint)b * 256), 0xa4093822, 0x299f31d0),
                (words[b], words[Blocks + b], words[2 * Blocks + b], words[3 * Blocks + b]));
        }
    }
}
