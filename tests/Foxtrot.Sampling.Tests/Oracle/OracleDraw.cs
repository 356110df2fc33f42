namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>From a final distribution to a token.</summary>
internal static class OracleDraw
{
    /// <summary>The first token in ascending id order whose cumulative probability is greater than u.</summary>
    public static int InverseCdf(double[] probabilities, double u)
    {
        var cumulative = 0.0;
        for (var token = 0; token < probabilities.Length; token++)
        {
            cumulative += probabilities[token];
            if (cumulative > u)
            {
                return token;
            }
        }

        return Array.FindLastIndex(probabilities, p => p > 0);
    }

    /// <summary>True when u is so near to a border between two tokens that rounding decides.</summary>
    public static bool IsAtBorder(double[] probabilities, double u, double slack) =>
        InverseCdf(probabilities, u - slack) != InverseCdf(probabilities, u + slack);

    /// <summary>Arg max, lowest id on a tie.</summary>
    public static int Greedy(OracleRow row) => Array.IndexOf(row.Logits, row.Max());

    /// <summary>Mirostat 2: mu − eta · (surprise − tau), surprise in bits under the final distribution.</summary>
    public static double NextMu(double mu, SamplingParams p, double probability) =>
        mu - (p.MirostatEta * (-Math.Log2(probability) - p.MirostatTau));
}
