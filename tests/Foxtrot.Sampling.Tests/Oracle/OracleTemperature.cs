namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>l / T; with a range, T = Tmin + (Tmax − Tmin) · (H / Hmax)^exponent, Hmax = ln of how many tokens are possible.</summary>
internal static class OracleTemperature
{
    public static OracleRow Apply(OracleRow row, OracleContext context)
    {
        var t = Effective(row, context.Parameters);
        return row.Edited((_, l) => l / t);
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
