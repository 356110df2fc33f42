using System.Globalization;

namespace Foxtrot.Commands;

/// <summary>Reads how long a synthetic step takes: <c>20</c> or <c>20ms</c>.</summary>
internal static class Milliseconds
{
    /// <summary>The shortest step.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest step.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(10);

    /// <summary>What is accepted, in words.</summary>
    public const string Bounds = "milliseconds in [1, 10000], such as 20ms";

    /// <summary>Reads a number of milliseconds.</summary>
    /// <returns>False when it is none; bounds are the caller's to check.</returns>
    public static bool TryParse(string text, out TimeSpan time)
    {
        var digits = text.EndsWith("ms", StringComparison.Ordinal) ? text.AsSpan(..^2).TrimEnd() : text;
        var isNumber = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= 1e9;
        time = isNumber ? TimeSpan.FromMilliseconds(number) : TimeSpan.Zero;
        return isNumber;
    }
}
