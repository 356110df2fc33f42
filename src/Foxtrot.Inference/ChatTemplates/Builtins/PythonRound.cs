using System.Numerics;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Python's <c>round</c>: to the nearest decimal of the exact binary value, ties to even.</summary>
internal static class PythonRound
{
    /// <summary>A float rounded to so many decimals; negative counts round to tens, hundreds, ….</summary>
    public static double Round(double number, int decimals)
    {
        // Beyond these a double has no digits to round, or none left.
        if (!double.IsFinite(number) || number == 0 || decimals > 323)
        {
            return number;
        }

        if (decimals < -308)
        {
            return Math.CopySign(0, number);
        }

        long bits = BitConverter.DoubleToInt64Bits(Math.Abs(number));
        int exponent = (int)(bits >> 52);
        BigInteger numerator = (bits & 0xF_FFFF_FFFF_FFFFL) | (exponent == 0 ? 0 : 1L << 52);
        int power = Math.Max(exponent, 1) - 1075;
        numerator *= BigInteger.Pow(10, Math.Max(decimals, 0)) << Math.Max(power, 0);
        BigInteger denominator = BigInteger.Pow(10, Math.Max(-decimals, 0)) << Math.Max(-power, 0);
        string rounded = Divide(numerator, denominator) + "E" + (-decimals);
        return Math.CopySign(double.Parse(rounded, System.Globalization.CultureInfo.InvariantCulture), number);
    }

    /// <summary>An integer rounded; it changes only for negative counts.</summary>
    public static BigInteger Round(BigInteger number, int decimals)
    {
        if (decimals >= 0)
        {
            return number;
        }

        // Integers here have at most 1,024 bits, so 309 digits.
        BigInteger unit = BigInteger.Pow(10, (int)Math.Min(-(long)decimals, 400));
        return Divide(BigInteger.Abs(number), unit) * unit * number.Sign;
    }

    private static BigInteger Divide(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        int half = (rest * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
