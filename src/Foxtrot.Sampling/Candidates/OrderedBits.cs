namespace Foxtrot.Sampling.Candidates;

/// <summary>Single-precision numbers as whole numbers in the same order.</summary>
internal static class OrderedBits
{
    public static int Of(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return bits ^ (bits >> 31 & int.MaxValue);
    }

    public static float ToFloat(int ordered) => BitConverter.Int32BitsToSingle(ordered ^ (ordered >> 31 & int.MaxValue));

    /// <summary>The smallest single-precision number that is not below <paramref name="value"/>, at least the smallest finite one.</summary>
    public static float Ceiling(double value)
    {
        if (!(value > float.MinValue))
        {
            return float.MinValue;
        }

        float rounded = (float)value;
        return rounded < value ? MathF.BitIncrement(rounded) : rounded;
    }

    /// <summary>The nearest finite number; −∞ stays, since it marks what is impossible.</summary>
    public static float ToFiniteFloat(double value) =>
        double.IsNegativeInfinity(value) ? float.NegativeInfinity : (float)Math.Clamp(value, float.MinValue, float.MaxValue);
}
