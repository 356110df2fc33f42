namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>The two ways in which a truncation stage can cut, each with the tokens at its very border named.</summary>
internal static class OracleCuts
{
    /// <summary>Keeps tokens whose score is at least a threshold; when there is none, the best token and its equals.</summary>
    /// <param name="slack">How far apart score and threshold may be and still be taken for equal.</param>
    public static OracleOutcome Threshold(OracleRow row, Func<int, double> score, double threshold, double slack)
    {
        var possible = row.Possible();
        var best = possible.Max(score);
        var hasRivals = possible.Any(token => score(token) != best && score(token) >= best - slack);
        var exact = AtLeast(Math.Min(threshold, best));
        var fewest = AtLeast(threshold + slack);
        var most = AtLeast(threshold - slack);
        if (fewest.Count == 0)
        {
            fewest = hasRivals ? [] : AtLeast(best);
            most.UnionWith(AtLeast(best - slack));
        }

        return new OracleOutcome(
            row.Keeping(exact.Contains),
            [.. Enumerable.Range(0, row.Vocabulary).Select(fewest.Contains)],
            [.. Enumerable.Range(0, row.Vocabulary).Select(most.Contains)]);

        HashSet<int> AtLeast(double limit) => [.. possible.Where(token => score(token) >= limit)];
    }

    /// <summary>Keeps the first tokens of a ranking: highest score first, lower id first among equals.</summary>
    /// <param name="count">How many to keep of the tokens ranked, given a tolerance added to whatever it measures.</param>
    /// <param name="slack">How far apart two scores may be and still be taken for equal.</param>
    public static OracleOutcome Ranking(OracleRow row, Func<int, double> score, Func<int[], double, int> count, double massSlack, double slack)
    {
        var ranked = row.Possible().OrderByDescending(score).ThenBy(token => token).ToArray();
        var kept = ranked.Take(count(ranked, 0)).ToHashSet();
        var fewest = count(ranked, -massSlack);
        var most = count(ranked, massSlack);
        var must = new bool[row.Vocabulary];
        var may = new bool[row.Vocabulary];
        var afterFewest = fewest < ranked.Length ? score(ranked[fewest]) : double.NegativeInfinity;
        var beforeMost = score(ranked[most - 1]);
        var doubtBelow = HasNearTie(ranked, score, afterFewest, slack);
        var doubtAbove = HasNearTie(ranked, score, beforeMost, slack);
        for (var rank = 0; rank < ranked.Length; rank++)
        {
            var s = score(ranked[rank]);
            must[ranked[rank]] = rank < fewest && (!doubtBelow || s > afterFewest + slack);
            may[ranked[rank]] = rank < most || (doubtAbove && s >= beforeMost - slack);
        }

        return new OracleOutcome(row.Keeping(kept.Contains), must, may);
    }

    /// <summary>True when scores lie so near to the border's without equalling it that rounding may reorder them.</summary>
    private static bool HasNearTie(int[] ranked, Func<int, double> score, double border, double slack) =>
        ranked.Any(token => score(token) != border && Math.Abs(score(token) - border) <= slack);
}
