namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>l / T, nothing for T = 0, which chooses the arg max; with a range, T = Tmin + (Tmax − Tmin) · (H / Hmax)^exponent, Hmax = ln of how many tokens are possible.</summary>
internal static class OracleTemperature
{
    /// <summary>A dynamic temperature may come to 0, where only the largest logits keep a probability.</summary>
    private const double LeastTemperature = 1e-9;

    public static OracleRow Apply(OracleRow row, OracleContext context)
    {
        if (context.Parameters.Temperature == 0)
        {
            return row;
        }

        var t = Effective(row, context.Parameters);
        var max = row.Possible().Length == 0 ? 0 : row.Max();
        return row.Edited((_, l) => t < LeastTemperature ? (l - max) / LeastTemperature : l / t);
    }

    public static double Effective(OracleRow row, SamplingParams p)
    {
        if (p.DynatempRange == 0)
        {
            return p.Temperature;
        }

        var min = Math.Max(0, p.Temperature - p.DynatempRange);
        var max = p.Temperature + p.DynatempRange;
        var candidates = row.Possible().Length;
        var share = candidates == 1 ? 0 : Math.Clamp(row.Entropy() / Math.Log(candidates), 0, 1);
        return min + ((max - min) * Math.Pow(share, p.DynatempExponent));
    }
}
