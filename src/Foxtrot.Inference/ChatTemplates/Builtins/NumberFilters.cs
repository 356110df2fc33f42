using System.Globalization;
using System.Numerics;
using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Filters that give numbers.</summary>
internal static class NumberFilters
{
    public static Value Abs(Value input, Arguments arguments, RenderState state)
    {
        arguments.Bind(state, 0);
        return input is FloatValue f ? new FloatValue(Math.Abs(f.Number))
            : ValueComparison.AsInteger(input) is { } number ? state.Integer(BigInteger.Abs(number))
            : input is UndefinedValue ? throw state.Undefined(input)
            : throw state.Error($"filter 'abs' needs a number, not a value of type '{input.TypeName}'.");
    }

    public static Value Int(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "default", "base");
        if (arguments.IntegerOr(values[1], 10, state) != 10)
        {
            throw state.Unsupported("the argument of filter 'int'", "base");
        }

        switch (input)
        {
            case UndefinedValue:
                throw state.Undefined(input);
            case IntValue or BoolValue:
                return state.Integer(ValueComparison.AsInteger(input)!.Value);
            case StringValue text when Clean(text.Text) is { Length: <= IntValue.MaxBits } digits
                && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number):
                return state.Integer(number);
        }

        return ParseFloat(input) is { } value && double.IsFinite(value)
            ? state.Integer(new BigInteger(Math.Truncate(value)))
            : values[0] ?? new IntValue(0);
    }

    public static Value Float(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "default");
        return input is UndefinedValue ? throw state.Undefined(input)
            : ParseFloat(input) is { } number ? new FloatValue(number)
            : values[0] ?? new FloatValue(0);
    }

    public static Value Round(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "precision", "method");
        int precision = arguments.IntegerOr(values[0], 0, state);
        string method = values[1] is null ? "common" : arguments.Text(values[1]!, state);
        if (!ValueComparison.IsNumber(input))
        {
            throw input is UndefinedValue ? state.Undefined(input)
                : state.Error($"filter 'round' needs a number, not a value of type '{input.TypeName}'.");
        }

        double scale = Math.Pow(10, precision);
        return method switch
        {
            "common" when input is FloatValue f => new FloatValue(PythonRound.Round(f.Number, precision)),
            "common" => state.Integer(PythonRound.Round(ValueComparison.AsInteger(input)!.Value, precision)),
            "ceil" => new FloatValue(Math.Ceiling(Arithmetic.AsDouble(input) * scale) / scale),
            "floor" => new FloatValue(Math.Floor(Arithmetic.AsDouble(input) * scale) / scale),
            _ => throw state.Error($"filter 'round' knows the methods common, ceil and floor, not '{method}'."),
        };
    }

    public static Value Sum(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "attribute", "start");
        AttributePath? path = AttributePath.From(values[0], arguments, state);
        Value sum = values[1] ?? new IntValue(0);
        foreach (Value item in state.Iterate(input))
        {
            sum = Arithmetic.Apply("+", sum, path is null ? item : path.Read(item, state), state);
        }

        return sum;
    }

    private static double? ParseFloat(Value input)
    {
        if (input is not StringValue text)
        {
            return ValueComparison.IsNumber(input) ? Arithmetic.AsDouble(input) : null;
        }

        string? clean = Clean(text.Text);
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return clean?.TrimStart('+', '-').ToLowerInvariant() switch
        {
            "inf" or "infinity" => clean[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            "nan" => double.NaN,
            _ => double.TryParse(clean, style, CultureInfo.InvariantCulture, out double number) ? number : null,
        };
    }

    /// <summary>The text of a number without white space around it and '_' between digits; null where '_' stands elsewhere.</summary>
    private static string? Clean(string text)
    {
        string stripped = PythonText.Strip(text, null, start: true, end: true);
        for (int i = 0; i < stripped.Length; i++)
        {
            bool between = i > 0 && i + 1 < stripped.Length && char.IsAsciiDigit(stripped[i - 1]) && char.IsAsciiDigit(stripped[i + 1]);
            if (stripped[i] == '_' && !between)
            {
                return null;
            }
        }

        return stripped.Replace("_", "", StringComparison.Ordinal);
    }
}
