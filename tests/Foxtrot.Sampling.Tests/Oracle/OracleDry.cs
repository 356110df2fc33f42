namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>
/// DRY: a token that followed an earlier occurrence of the history's last n tokens loses multiplier · base^(n − allowed),
/// n being the longest such match and at least the allowed length.
/// </summary>
/// <remarks>Neither a match nor the token after it may contain a sequence breaker.</remarks>
internal static class OracleDry
{
    public static OracleRow Apply(OracleRow row, OracleContext context)
    {
        var p = context.Parameters;
        if (p.DryMultiplier == 0 || p.DryPenaltyLastN == 0)
        {
            return row;
        }

        var window = p.DryPenaltyLastN < 0 ? context.History : [.. context.History.TakeLast(p.DryPenaltyLastN)];
        return row.Edited((token, l) =>
        {
            var n = p.DrySequenceBreakers.Contains(token) ? 0 : LongestMatch(window, token, p.DrySequenceBreakers);
            return n >= p.DryAllowedLength ? l - (p.DryMultiplier * Math.Pow(p.DryBase, n - p.DryAllowedLength)) : l;
        });
    }

    /// <summary>The largest n such that the window's last n tokens, free of breakers, occur earlier with the token right after them.</summary>
    private static int LongestMatch(IReadOnlyList<int> window, int token, IReadOnlySet<int> breakers)
    {
        var longest = 0;
        for (var at = 0; at < window.Count; at++)
        {
            if (window[at] != token)
            {
                continue;
            }

            var n = 0;
            while (n < at && window[at - 1 - n] == window[window.Count - 1 - n] && !breakers.Contains(window[at - 1 - n]))
            {
                n++;
            }

            longest = Math.Max(longest, n);
        }

        return longest;
    }
}
