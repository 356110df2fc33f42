using System.Runtime.Intrinsics;

namespace Foxtrot.Sampling.Kernels;

/// <summary>The passes over a row of logits, in blocks of 512. Every implementation gives the same bits.</summary>
/// <remarks>Stateless and thread-safe. Nothing is allocated. Rows hold no NaN, except where a pass says so.</remarks>
internal abstract class RowKernels
{
    /// <summary>Elements per block: the unit of partial sums and maxima.</summary>
    public const int BlockSize = 512;

    /// <summary>The widest path that this machine's registers have.</summary>
    public static RowKernels Best { get; } =
        Vector512.IsHardwareAccelerated ? new RowKernels<Width512, Vector512<float>, Vector512<double>>()
        : Vector256.IsHardwareAccelerated ? new RowKernels<Width256, Vector256<float>, Vector256<double>>()
        : Vector128.IsHardwareAccelerated ? new RowKernels<Width128, Vector128<float>, Vector128<double>>()
        : new RowKernels<WidthScalar, float, double>();

    /// <summary>Single-precision numbers per register: 1, 4, 8 or 16.</summary>
    public abstract int Width { get; }

    /// <summary>Blocks in a row of this length, the last of which may be shorter.</summary>
    public static int BlockCount(int length) => (length + BlockSize - 1) / BlockSize;

    /// <summary>The largest element, also per block; NaN if any element is NaN (block maxima are then meaningless).</summary>
    public abstract float Max(ReadOnlySpan<float> row, Span<float> blockMax);

    /// <summary>Weights of all elements ≥ <paramref name="keep"/> (others 0): their sum per block and altogether.</summary>
    public abstract double SumWeights(ReadOnlySpan<float> row, in ExpScale scale, float keep, Span<double> blockSums);

    /// <summary>As <see cref="SumWeights"/>, and writes every element's weight.</summary>
    public abstract double StoreWeights(ReadOnlySpan<float> row, in ExpScale scale, float keep, Span<float> weights, Span<double> blockSums);

    /// <summary>As <see cref="SumWeights"/>, and the sum of weight · (logit − the scale's origin).</summary>
    public abstract double SumWeightedLogits(ReadOnlySpan<float> row, in ExpScale scale, float keep, out double weightedLogits);

    /// <summary>Number, sum and sum of squares of (element − origin) over the elements ≥ <paramref name="keep"/>.</summary>
    public abstract int Moments(ReadOnlySpan<float> row, float origin, float keep, out double sum, out double squares);

    /// <summary>Number of elements ≥ <paramref name="threshold"/>.</summary>
    public abstract int CountAtLeast(ReadOnlySpan<float> row, float threshold);

    /// <summary>Number of keys ≥ <paramref name="threshold"/>, the sum of their weights, also per block.</summary>
    public abstract int SumAtLeast(ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, float threshold, Span<double> blockSums, out double sum);

    /// <summary>
    /// Sum of the weights whose keys are ≥ <paramref name="high"/>, also per block; and the positions, ascending, of the keys in
    /// [<paramref name="low"/>, <paramref name="high"/>): returns their number, or −1 when there are more than fit.
    /// </summary>
    public abstract int SumAndCollect(
        ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, float low, float high, Span<double> blockSums, Span<int> positions, out double sum);

    /// <summary>
    /// Positions, ascending, of the elements in [<paramref name="low"/>, <paramref name="high"/>), at most as many as fit:
    /// returns their number, or −1 when there are more. Blocks whose maximum is below <paramref name="low"/> are skipped;
    /// without maxima (empty) none is.
    /// </summary>
    public abstract int Collect(ReadOnlySpan<float> row, ReadOnlySpan<float> blockMax, float low, float high, Span<int> positions);
}
