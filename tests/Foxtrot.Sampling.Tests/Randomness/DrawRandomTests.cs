namespace Foxtrot.Sampling.Tests.Randomness;

/// <summary>Stored seeds rely on these numbers: a failure here means that old texts can no longer be replayed.</summary>
public class DrawRandomTests
{
    private const ulong Seed = 0x299f31d0_a4093822;

    [Fact]
    public void Uniform_takes_seed_position_choice_and_purpose_as_key_and_counter()
    {
        (uint word0, uint word1, _, _) = Philox4x32.Block(0x243f6a88, 0x05a308d3, 7, 1, 0xa4093822, 0x299f31d0);

        double u = DrawRandom.Uniform(Seed, 0x05a308d3_243f6a88, 7, DrawPurpose.Xtc);

        Assert.Equal(((ulong)word1 << 32 | word0) >> 11, (ulong)(u * (1L << 53)));
    }

    [Fact]
    public void Gumbel_noise_takes_the_token_as_block_index_and_word()
    {
        (_, _, _, uint word3) = Philox4x32.Block(5, 0, 2, 2 + 256 * 25, 0xa4093822, 0x299f31d0);

        double noise = DrawRandom.Gumbel(Seed, 5, 2, 103);

        Assert.Equal(-Math.Log(-Math.Log((word3 + 0.5) / 4294967296.0)), noise, 1e-12);
    }

    [Fact]
    public void Purposes_keep_their_numbers()
    {
        Assert.Equal(
            [0u, 1u, 2u, 3u],
            [(uint)DrawPurpose.Token, (uint)DrawPurpose.Xtc, (uint)DrawPurpose.Gumbel, (uint)DrawPurpose.SpeculativeAcceptance]);
    }

    [Theory]
    [InlineData(0x00000000u)]
    [InlineData(0x80000000u)]
    [InlineData(0xffffffffu)]
    public void Gumbel_noise_is_finite_for_every_word(uint word)
    {
        double noise = DrawRandom.GumbelOf(word);

        Assert.InRange(noise, -3.2, 22.9);
    }
}
