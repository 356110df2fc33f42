namespace Foxtrot.Sampling;

/// <summary>The draw rule on its own, for distributions that are at hand as probabilities.</summary>
/// <remarks>Pure; allocates nothing.</remarks>
public static class InverseCdf
{
    /// <summary>The first index whose cumulative probability is greater than u.</summary>
    /// <example>
    /// Four words: sits 0.01, runs 0.05, jumps 0.2, disappears 0.02, so cumulative 0.01, 0.06, 0.26, 0.28.
    /// With u = 0.15 the choice is "jumps":
    /// <code>InverseCdf.Choose([0.01, 0.05, 0.2, 0.02], 0.15) == 2</code>
    /// </example>
    /// <param name="probabilities">Each ≥ 0. They need not sum to 1: where u is not below their sum, the last one above 0 is chosen.</param>
    /// <param name="u">Uniform number in [0, 1).</param>
    /// <returns>An index whose probability is above 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">u is outside [0, 1).</exception>
    /// <exception cref="ArgumentException">A probability is negative or NaN, or none is above 0.</exception>
    public static int Choose(ReadOnlySpan<double> probabilities, double u)
    {
        if (!(u >= 0 && u < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(u), u, "u must be in [0, 1).");
        }

        int last = -1;
        double cumulative = 0;
        for (int i = 0; i < probabilities.Length; i++)
        {
            double probability = probabilities[i];
            if (!(probability >= 0))
            {
                throw new ArgumentException($"probabilities must be 0 or more, but the one at index {i} is {probability}.", nameof(probabilities));
            }

            cumulative += probability;
            last = probability > 0 ? i : last;
            if (cumulative > u)
            {
                return i;
            }
        }

        return last >= 0 ? last : throw new ArgumentException("probabilities must have one above 0, but has none.", nameof(probabilities));
    }
}
