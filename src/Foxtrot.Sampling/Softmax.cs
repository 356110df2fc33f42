using Foxtrot.Sampling.Kernels;

namespace Foxtrot.Sampling;

/// <summary>Logits to probabilities, with the arithmetic that the draws use.</summary>
/// <remarks>Thread-safe. The largest logit's scale is taken out first, so no finite logits overflow; sums are in double precision in a fixed order.</remarks>
public static class Softmax
{
    /// <summary>The probabilities of a row.</summary>
    /// <param name="logits">Raw scores; −∞ marks what is impossible. Not changed.</param>
    /// <param name="probabilities">As many, ≥ 0, sum 1; relative error about 2e-7. Owned by the caller.</param>
    /// <param name="temperature">Logits are divided by it, &gt; 0.</param>
    /// <exception cref="ArgumentException">Lengths differ, the row holds NaN or +∞, or nothing is possible.</exception>
    public static void FromLogits(ReadOnlySpan<float> logits, Span<double> probabilities, double temperature = 1)
    {
        if (probabilities.Length != logits.Length)
        {
            throw new ArgumentException($"probabilities must have {logits.Length} entries as logits has, but has {probabilities.Length}.", nameof(probabilities));
        }

        if (!(temperature > 0 && double.IsFinite(temperature)))
        {
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "temperature must be a finite number above 0.");
        }

        int blocks = RowKernels.BlockCount(logits.Length);
        float max = RowKernels.Best.Max(logits, new float[blocks]);
        if (!float.IsFinite(max))
        {
            throw new ArgumentException("logits must hold a finite value and neither NaN nor +infinity.", nameof(logits));
        }

        float[] weights = new float[logits.Length];
        double total = RowKernels.Best.StoreWeights(logits, new ExpScale(max, 1 / temperature), float.MinValue, weights, new double[blocks]);
        for (int i = 0; i < weights.Length; i++)
        {
            probabilities[i] = weights[i] / total;
        }
    }
}
