using System.Runtime.Intrinsics;
using Foxtrot.Sampling.Kernels;

namespace Foxtrot.Sampling.Tests.Kernels;

/// <summary>Every register width gives the bits of the scalar path.</summary>
public class RowKernelsTests
{
    internal static readonly RowKernels Scalar = new RowKernels<WidthScalar, float, double>();

    /// <summary>All vector paths. Wider ones than the machine has run in software, with the same meaning.</summary>
    internal static readonly RowKernels[] Vectors =
    [
        new RowKernels<Width128, Vector128<float>, Vector128<double>>(),
        new RowKernels<Width256, Vector256<float>, Vector256<double>>(),
        new RowKernels<Width512, Vector512<float>, Vector512<double>>(),
    ];

    public static TheoryData<int, int> WidthsAndLengths()
    {
        TheoryData<int, int> data = [];
        for (int width = 0; width < Vectors.Length; width++)
        {
            foreach (int length in new[] { 1, 2, 15, 16, 17, 511, 512, 513, 1000, 5000 })
            {
                data.Add(width, length);
            }
        }

        return data;
    }

    internal static float[] RandomRow(int seed, int length, double spread = 3, double impossible = 0.05)
    {
        Random random = new(seed);
        float[] row = new float[length];
        for (int i = 0; i < length; i++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            row[i] = i > 0 && random.NextDouble() < impossible ? float.NegativeInfinity : (float)(normal * spread);
        }

        return row;
    }

    [Theory]
    [MemberData(nameof(WidthsAndLengths))]
    public void Maxima_are_the_same_for_every_width(int width, int length)
    {
        float[] row = RandomRow(1, length);
        float[] expected = new float[RowKernels.BlockCount(length)];
        float[] actual = new float[expected.Length];

        float max = Scalar.Max(row, expected);

        Assert.Equal(row.Max(), max);
        Assert.Equal(max, Vectors[width].Max(row, actual));
        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(WidthsAndLengths))]
    public void NaN_is_noticed_wherever_it_stands(int width, int length)
    {
        foreach (int at in new[] { 0, length / 2, length - 1 })
        {
            float[] row = RandomRow(1, length);
            row[at] = float.NaN;

            Assert.True(float.IsNaN(Scalar.Max(row, new float[RowKernels.BlockCount(length)])));
            Assert.True(float.IsNaN(Vectors[width].Max(row, new float[RowKernels.BlockCount(length)])));
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndLengths))]
    public void Weights_and_their_sums_have_the_same_bits_for_every_width(int width, int length)
    {
        foreach (double spread in new[] { 0.01, 1, 30, 1e6 })
        {
            float[] row = RandomRow(length, length, spread);
            ExpScale scale = new(row.Max(), 1 / 0.7);
            int blocks = RowKernels.BlockCount(length);
            foreach (float keep in new[] { float.MinValue, 0f })
            {
                (float[] Weights, double[] Sums) expected = (new float[length], new double[blocks]);
                (float[] Weights, double[] Sums) actual = (new float[length], new double[blocks]);
                double[] sumsAlone = new double[blocks];

                double total = Scalar.StoreWeights(row, scale, keep, expected.Weights, expected.Sums);

                Assert.Equal(total, Vectors[width].StoreWeights(row, scale, keep, actual.Weights, actual.Sums));
                Assert.Equal(expected.Weights, actual.Weights);
                Assert.Equal(expected.Sums, actual.Sums);
                Assert.Equal(total, Vectors[width].SumWeights(row, scale, keep, sumsAlone));
                Assert.Equal(expected.Sums, sumsAlone);
                Assert.Equal(
                    Scalar.SumWeightedLogits(row, scale, keep, out double expectedLogits),
                    Vectors[width].SumWeightedLogits(row, scale, keep, out double actualLogits));
                Assert.Equal(expectedLogits, actualLogits);
            }
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndLengths))]
    public void Counts_moments_and_collections_are_the_same_for_every_width(int width, int length)
    {
        float[] row = RandomRow(3, length);
        float[] weights = RandomRow(4, length, impossible: 0).Select(MathF.Abs).ToArray();
        float[] maxima = new float[RowKernels.BlockCount(length)];
        float max = Scalar.Max(row, maxima);
        foreach (float threshold in new[] { float.MinValue, -1f, 2f, max })
        {
            int[] expected = new int[length];
            int[] actual = new int[length];
            double[] expectedSums = new double[maxima.Length];
            double[] actualSums = new double[maxima.Length];

            int count = Scalar.CountAtLeast(row, threshold);

            Assert.Equal(row.Count(logit => logit >= threshold), count);
            Assert.Equal(count, Vectors[width].CountAtLeast(row, threshold));
            Assert.Equal(count, Scalar.Collect(row, maxima, threshold, float.PositiveInfinity, expected));
            Assert.Equal(count, Vectors[width].Collect(row, maxima, threshold, float.PositiveInfinity, actual));
            Assert.Equal(expected, actual);
            Assert.Equal(count, Scalar.Moments(row, max, threshold, out double sum, out double squares));
            Assert.Equal(count, Vectors[width].Moments(row, max, threshold, out double sumOfWidth, out double squaresOfWidth));
            Assert.Equal((sum, squares), (sumOfWidth, squaresOfWidth));
            Assert.Equal(count, Scalar.SumAtLeast(row, weights, threshold, expectedSums, out double mass));
            Assert.Equal(count, Vectors[width].SumAtLeast(row, weights, threshold, actualSums, out double massOfWidth));
            Assert.Equal(mass, massOfWidth);
            Assert.Equal(expectedSums, actualSums);
        }
    }

    [Fact]
    public void A_weight_is_the_exponential_within_two_parts_in_ten_million()
    {
        foreach (double temperature in new[] { 0.05, 0.7, 1, 2 })
        {
            ExpScale scale = new(25f, 1 / temperature);
            double unit = Math.Exp(25 / temperature) / scale.Weight(25f);
            for (float logit = 25; logit > 25 - 80 * temperature; logit -= 0.00371f)
            {
                double expected = Math.Exp(logit / temperature) / unit;
                Assert.InRange(scale.Weight(logit) / expected, 1 - 3e-7, 1 + 3e-7);
            }
        }
    }

    [Fact]
    public void Logits_of_any_size_have_finite_weights_and_the_largest_counts()
    {
        foreach (float max in new[] { 0f, 1e-30f, 3e38f, -3e38f, 88f, 1e6f })
        {
            foreach (double inverseTemperature in new[] { 0.5, 1, 1e6, 1e30 })
            {
                ExpScale scale = new(max, inverseTemperature);

                Assert.InRange(scale.Weight(max), 0.5f, 1.5f);
                Assert.Equal(0, scale.Weight(float.NegativeInfinity));
                Assert.InRange(scale.Weight(MathF.BitDecrement(max)), 0, scale.Weight(max));
            }
        }
    }
}
