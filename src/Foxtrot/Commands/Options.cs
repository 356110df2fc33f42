using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Foxtrot.Commands;

/// <summary>Makes options whose errors name the option, what it takes and the value.</summary>
internal static class Options
{
    /// <summary>A number, in the invariant culture.</summary>
    public static Option<T?> Number<T>(string name, string description)
        where T : struct, INumber<T>
    {
        return new Option<T?>(name)
        {
            Description = description,
            HelpName = IsFraction<T>() ? "number" : "n",
            CustomParser = result => Parse<T>(name, result),
        };
    }

    /// <summary>A text.</summary>
    public static Option<string?> Text(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName };

    /// <summary>A text that may be given several times.</summary>
    public static Option<string[]> Texts(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, DefaultValueFactory = _ => [] };

    /// <summary>A switch.</summary>
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>A list of whole numbers, each within bounds.</summary>
    /// <exception cref="UsageException">An entry is no number or out of bounds.</exception>
    public static int[] Sizes(string option, string list, int least, int most) =>
        [.. Split(list).Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? Bounded(option, size, least, most)
            : throw new UsageException($"{option} must be a list of whole numbers, but has '{text}'"))];

    /// <summary>A whole number within bounds.</summary>
    /// <exception cref="UsageException">It is out of bounds.</exception>
    public static int Bounded(string option, int value, int least, int most) => value >= least && value <= most
        ? value
        : throw new UsageException($"{option} must be in [{least}, {most}], but is {value}");

    /// <summary>The entries of a list with commas.</summary>
    public static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries);

    private static bool IsFraction<T>() => typeof(T) == typeof(double);

    private static T? Parse<T>(string name, ArgumentResult result)
        where T : struct, INumber<T>
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (T.TryParse(text, IsFraction<T>() ? NumberStyles.Float : NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        var what = IsFraction<T>() ? "a number" : typeof(T) == typeof(ulong) ? $"a whole number in [0, {ulong.MaxValue}]" : $"a whole number in [{int.MinValue}, {int.MaxValue}]";
        result.AddError($"{name} must be {what}, but is '{text}'");
        return null;
    }
}
