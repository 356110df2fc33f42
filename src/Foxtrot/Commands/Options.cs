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
