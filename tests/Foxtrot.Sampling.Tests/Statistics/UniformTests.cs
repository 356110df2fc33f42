namespace Foxtrot.Sampling.Tests.Statistics;

/// <summary>The counter-based uniforms behave like independent uniform numbers along every axis that a caller can vary.</summary>
public sealed class UniformTests
{
    private const int Count = 200_000;

    /// <summary>One family of numbers: the i-th uniform when only one coordinate moves.</summary>
    public static TheoryData<string> Axes => [.. Families.Keys];

    private static readonly Dictionary<string, Func<int, double>> Families = new()
    {
        ["positions"] = i => DrawRandom.Uniform(7, i, 0, DrawPurpose.Token),
        ["positions beyond 32 bits"] = i => DrawRandom.Uniform(7, (1L << 32) - (Count / 2) + i, 0, DrawPurpose.Token),
        ["positions of the XTC coin"] = i => DrawRandom.Uniform(7, i, 0, DrawPurpose.Xtc),
        ["small seeds"] = i => DrawRandom.Uniform((ulong)i, 0, 0, DrawPurpose.Token),
        ["seeds that differ in their upper half"] = i => DrawRandom.Uniform((ulong)i << 32, 0, 0, DrawPurpose.Token),
        ["largest seeds"] = i => DrawRandom.Uniform(ulong.MaxValue - (ulong)i, 3, 0, DrawPurpose.Token),
        ["Gumbel noise of tokens"] = i => Uniform(DrawRandom.Gumbel(7, 5, 0, i)),
        ["Gumbel noise at positions"] = i => Uniform(DrawRandom.Gumbel(7, i, 0, 5)),
        ["choices"] = i => DrawRandom.Uniform(7, 0, i, DrawPurpose.Token),
    };

    [Theory]
    [MemberData(nameof(Axes))]
    public void Every_value_is_as_likely_as_every_other(string axis)
    {
        const int Cells = 100;
        var counts = new long[Cells];
        for (var i = 0; i < Count; i++)
        {
            var u = Families[axis](i);
            Assert.True(u is >= 0 and < 1);
            counts[(int)(u * Cells)]++;
        }

        ChiSquare.AssertFits(Equal(Cells), counts);
    }

    [Theory]
    [MemberData(nameof(Axes))]
    public void Neighbours_do_not_depend_on_each_other(string axis)
    {
        const int Cells = 16;
        var counts = new long[Cells * Cells];
        for (var i = 0; i < Count; i += 2)
        {
            counts[((int)(Families[axis](i) * Cells) * Cells) + (int)(Families[axis](i + 1) * Cells)]++;
        }

        ChiSquare.AssertFits(Equal(Cells * Cells), counts);
    }

    [Fact]
    public void Purposes_never_share_a_number()
    {
        const int Cells = 16;
        var counts = new long[Cells * Cells];
        for (var i = 0; i < Count; i++)
        {
            var token = DrawRandom.Uniform(7, i, 0, DrawPurpose.Token);
            var xtc = DrawRandom.Uniform(7, i, 0, DrawPurpose.Xtc);
            Assert.NotEqual(token, xtc);
            counts[((int)(token * Cells) * Cells) + (int)(xtc * Cells)]++;
        }

        ChiSquare.AssertFits(Equal(Cells * Cells), counts);
    }

    [Fact]
    public void Coordinates_are_not_interchangeable()
    {
        // Position p of choice c is not position c of choice p, nor is a seed a position: all 4,096 numbers differ.
        var numbers = new HashSet<double>();
        for (var seed = 0; seed < 16; seed++)
        {
            for (var position = 0; position < 16; position++)
            {
                for (var choice = 0; choice < 16; choice++)
                {
                    Assert.True(numbers.Add(DrawRandom.Uniform((ulong)seed, position, choice, DrawPurpose.Token)));
                }
            }
        }
    }

    [Fact]
    public void The_lowest_bits_are_as_random_as_the_highest()
    {
        // Eight bits above the last of 53.
        var counts = new long[256];
        for (var i = 0; i < Count; i++)
        {
            counts[(long)(DrawRandom.Uniform(11, i, 0, DrawPurpose.Token) * (1L << 53)) & 0xFF]++;
        }

        ChiSquare.AssertFits(Equal(256), counts);
    }

    /// <summary>Gumbel noise back through its distribution function, exp(−exp(−g)).</summary>
    private static double Uniform(double noise) => Math.Exp(-Math.Exp(-noise));

    private static double[] Equal(int cells) => [.. Enumerable.Repeat(1.0 / cells, cells)];
}
