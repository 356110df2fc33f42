namespace Foxtrot.Sampling.Numerics;

/// <summary>Logarithm and exponential from exactly rounded operations only, so that every platform gives the same bits.</summary>
/// <remarks>Error below 4 units in the last place. The C library's functions, which <see cref="Math"/> calls, differ between platforms.</remarks>
internal static class PortableMath
{
    public const double Ln2 = 0.693147180559945309417;
    public const double Log2E = 1.44269504088896340736;

    // ln 2 in two parts; the first has few enough bits that its product with a whole number of exponent size is exact.
    private const double Ln2High = 0.693147180369123816490;
    private const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>ln x for x ≥ 0; −∞ for 0.</summary>
    public static double Log(double x)
    {
        if (!(x > 0) || double.IsPositiveInfinity(x))
        {
            return x == 0 ? double.NegativeInfinity : x;
        }

        int exponent = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0; // 2^54: subnormal numbers become normal
            exponent = -54;
        }

        long bits = BitConverter.DoubleToInt64Bits(x);
        exponent += (int)(bits >> 52) - 1023;
        double m = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }

        // ln m = 2 artanh(s), s = (m − 1) / (m + 1), |s| ≤ 0.1716: the series to s^21 leaves less than 1e-18.
        double s = (m - 1) / (m + 1);
        double z = s * s;
        double series = 1.0 / 21;
        for (int k = 19; k >= 3; k -= 2)
        {
            series = Math.FusedMultiplyAdd(series, z, 1.0 / k);
        }

        double tail = 2 * s * z * series;
        return exponent * Ln2High + (2 * s + (tail + exponent * Ln2Low));
    }

    /// <summary>e^x; 0 below −708, +∞ above 709.</summary>
    public static double Exp(double x)
    {
        if (!(x > -708))
        {
            return double.IsNaN(x) ? x : 0;
        }

        if (x > 709)
        {
            return double.PositiveInfinity;
        }

        double n = Math.Round(x * Log2E);
        double r = Math.FusedMultiplyAdd(-n, Ln2Low, x - n * Ln2High);
        // Taylor to degree 14 on |r| ≤ 0.347.
        double sum = 1;
        for (int k = 14; k >= 1; k--)
        {
            sum = Math.FusedMultiplyAdd(sum, r / k, 1);
        }

        return sum * BitConverter.Int64BitsToDouble(((long)n + 1023) << 52);
    }

    /// <summary>base^exponent for base ≥ 0.</summary>
    public static double Pow(double @base, double exponent) =>
        exponent == 0 || @base == 1 ? 1 : @base == 0 ? 0 : Exp(exponent * Log(@base));
}
