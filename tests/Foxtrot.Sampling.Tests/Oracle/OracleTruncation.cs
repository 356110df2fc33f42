namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>Every truncation stage, from its definition. Probabilities are those of the row that the stage receives.</summary>
internal static class OracleTruncation
{
    /// <summary>Keeps l ≥ max − n · sigma, sigma the standard deviation of the possible tokens' logits.</summary>
    public static OracleOutcome TopNSigma(OracleRow row, double n, OracleTolerance tolerance)
    {
        var values = row.Possible().Select(token => row.Logits[token]).ToArray();
        var mean = values.Average();
        var sigma = Math.Sqrt(values.Average(l => (l - mean) * (l - mean)));
        return OracleCuts.Threshold(row, token => row.Logits[token], row.Max() - (n * sigma), tolerance.Logit(row) * (1 + n));
    }

    /// <summary>Keeps the k largest; lower ids first among equals.</summary>
    public static OracleOutcome TopK(OracleRow row, int k, OracleTolerance tolerance) =>
        OracleCuts.Ranking(row, token => row.Logits[token], (ranked, _) => Math.Min(k, ranked.Length), 0, tolerance.Logit(row));

    /// <summary>Keeps the tokens nearest to the expected surprise, |−ln p − H| ascending, until their mass reaches typical_p.</summary>
    public static OracleOutcome TypicalP(OracleRow row, double typicalP, OracleTolerance tolerance)
    {
        var p = row.Probabilities();
        var h = row.Entropy();
        var max = row.Max();
        var logSum = max + Math.Log(row.Logits.Sum(l => Math.Exp(l - max)));
        return OracleCuts.Ranking(
            row,
            token => -Math.Abs(logSum - row.Logits[token] - h),
            (ranked, slack) => CountReaching(p, ranked, typicalP + slack),
            tolerance.Mass,
            tolerance.Logit(row) * 2);
    }

    /// <summary>Keeps the smallest set of the most probable tokens whose mass reaches top_p.</summary>
    public static OracleOutcome TopP(OracleRow row, double topP, OracleTolerance tolerance)
    {
        var p = row.Probabilities();
        return OracleCuts.Ranking(
            row, token => row.Logits[token], (ranked, slack) => CountReaching(p, ranked, topP + slack), tolerance.Mass, tolerance.Logit(row));
    }

    /// <summary>Keeps p ≥ min_p · max p.</summary>
    public static OracleOutcome MinP(OracleRow row, double minP, OracleTolerance tolerance) =>
        OracleCuts.Threshold(row, token => row.Logits[token], row.Max() + Math.Log(minP), tolerance.Logit(row));

    /// <summary>Keeps p ≥ epsilon.</summary>
    public static OracleOutcome EpsilonCutoff(OracleRow row, double epsilon, OracleTolerance tolerance)
    {
        var p = row.Probabilities();
        return OracleCuts.Threshold(row, token => Math.Log(p[token]), Math.Log(epsilon), tolerance.Logit(row));
    }

    /// <summary>Keeps p ≥ min(eta, sqrt(eta) · exp(−H)).</summary>
    public static OracleOutcome EtaCutoff(OracleRow row, double eta, OracleTolerance tolerance)
    {
        var p = row.Probabilities();
        var threshold = Math.Min(eta, Math.Sqrt(eta) * Math.Exp(-row.Entropy()));
        return OracleCuts.Threshold(row, token => Math.Log(p[token]), Math.Log(threshold), tolerance.Logit(row));
    }

    /// <summary>When the coin falls below the probability: drops every token with p ≥ threshold except the least likely of them.</summary>
    public static OracleOutcome Xtc(OracleRow row, double probability, double threshold, double coin, OracleTolerance tolerance)
    {
        if (coin >= probability || threshold > 0.5)
        {
            return OracleOutcome.Exact(row);
        }

        var p = row.Probabilities();
        var ranked = row.Possible().OrderByDescending(token => row.Logits[token]).ThenBy(token => token).ToArray();
        var exact = Survivors(threshold);
        var fewer = Survivors(threshold * (1 - tolerance.Mass));
        var more = Survivors(threshold * (1 + tolerance.Mass));
        var must = fewer.Intersect(more).Except(InDoubt(threshold)).ToHashSet();
        var may = fewer.Union(more).Union(InDoubt(threshold)).ToHashSet();
        return new OracleOutcome(
            row.Keeping(exact.Contains),
            [.. Enumerable.Range(0, row.Vocabulary).Select(must.Contains)],
            [.. Enumerable.Range(0, row.Vocabulary).Select(may.Contains)]);

        int[] Top(double limit) => [.. ranked.TakeWhile(token => p[token] >= limit)];

        HashSet<int> Survivors(double limit) => [.. ranked.Except(Top(limit).SkipLast(1))];

        // Top choices that rounding may reorder with the least likely of them.
        IEnumerable<int> InDoubt(double limit)
        {
            var top = Top(limit);
            var least = top.Length == 0 ? 0 : row.Logits[top[^1]];
            var limitOfDoubt = least + tolerance.Logit(row);
            var near = top.Where(token => row.Logits[token] <= limitOfDoubt).ToArray();
            return near.All(token => row.Logits[token] == least) ? [] : near;
        }
    }

    /// <summary>Keeps tokens whose surprise −log2 p is at most mu.</summary>
    public static OracleOutcome Mirostat(OracleRow row, double mu, OracleTolerance tolerance)
    {
        var p = row.Probabilities();
        return OracleCuts.Threshold(row, token => Math.Log2(p[token]), -mu, tolerance.Logit(row) / Math.Log(2));
    }

    private static int CountReaching(double[] p, int[] ranked, double mass)
    {
        var cumulative = 0.0;
        for (var count = 0; count < ranked.Length; count++)
        {
            cumulative += p[ranked[count]];
            if (cumulative >= mass)
            {
                return count + 1;
            }
        }

        return ranked.Length;
    }
}
