using System.Numerics;
using System.Text;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <summary>Arithmetic with Python's rules: <c>/</c> gives a float, <c>//</c> and <c>%</c> round down, truth values are 0 and 1.</summary>
internal static class Arithmetic
{
    public static Value Apply(string operation, Value left, Value right, RenderState state)
    {
        if (ValueComparison.AsInteger(left) is { } a && ValueComparison.AsInteger(right) is { } b)
        {
            return Integers(operation, a, b, state);
        }

        if (ValueComparison.IsNumber(left) && ValueComparison.IsNumber(right))
        {
            return new FloatValue(Floats(operation, AsDouble(left), AsDouble(right), state));
        }

        return (operation, left, right) switch
        {
            ("+", StringValue x, StringValue y) => state.Text(string.Concat(x.Text, y.Text)),
            ("+", SequenceValue { Kind: SequenceKind.List or SequenceKind.Tuple } x, SequenceValue y) when x.Kind == y.Kind =>
                state.Sequence(x.Kind, [.. x.Items, .. y.Items]),
            ("*", StringValue or SequenceValue, IntValue or BoolValue) => Repeat(left, ValueComparison.AsInteger(right)!.Value, state),
            ("*", IntValue or BoolValue, StringValue or SequenceValue) => Repeat(right, ValueComparison.AsInteger(left)!.Value, state),
            ("%", StringValue, _) => throw state.Unsupported("the operator", "% on a string (printf formatting)"),
            (_, UndefinedValue, _) => throw state.Undefined(left),
            (_, _, UndefinedValue) => throw state.Undefined(right),
            _ => throw state.Error($"'{operation}' is not supported between '{left.TypeName}' and '{right.TypeName}'."),
        };
    }

    public static Value Negate(Value operand, RenderState state) => operand is FloatValue f
        ? new FloatValue(-f.Number)
        : state.Integer(-RequireInteger(operand, "-", state));

    public static Value Plus(Value operand, RenderState state) =>
        operand is FloatValue ? operand : state.Integer(RequireInteger(operand, "+", state));

    /// <summary>A number as a double.</summary>
    public static double AsDouble(Value value) => value is FloatValue f ? f.Number : (double)ValueComparison.AsInteger(value)!.Value;

    private static BigInteger RequireInteger(Value operand, string operation, RenderState state) =>
        operand is UndefinedValue ? throw state.Undefined(operand)
        : ValueComparison.AsInteger(operand) ?? throw state.Error($"'{operation}' is not supported for '{operand.TypeName}'.");

    private static Value Integers(string operation, BigInteger a, BigInteger b, RenderState state)
    {
        if (b.IsZero && operation is ("/" or "//" or "%"))
        {
            throw state.Error("division by zero.");
        }

        switch (operation)
        {
            case "+":
                return state.Integer(a + b);
            case "-":
                return state.Integer(a - b);
            case "*":
                return state.Integer(a * b);
            case "/":
                return new FloatValue((double)a / (double)b);
            case "//":
                return state.Integer((a - Modulo(a, b)) / b);
            case "%":
                return state.Integer(Modulo(a, b));
        }

        if (b.Sign < 0)
        {
            return new FloatValue(Floats(operation, (double)a, (double)b, state));
        }

        return state.Integer(Power(a, b));
    }

    private static BigInteger Power(BigInteger a, BigInteger b)
    {
        if (BigInteger.Abs(a) <= 1)
        {
            return b.IsZero ? BigInteger.One : b.IsEven ? a * a : a;
        }

        // The size is judged before the power is taken: 2 ** 1000000000 must not be computed.
        bool tooLarge = b * (BigInteger.Abs(a).GetBitLength() - 1) > IntValue.MaxBits;
        return tooLarge ? BigInteger.One << (IntValue.MaxBits + 1) : BigInteger.Pow(a, (int)b);
    }

    private static BigInteger Modulo(BigInteger a, BigInteger b)
    {
        BigInteger rest = a % b;
        return rest.IsZero || rest.Sign == b.Sign ? rest : rest + b;
    }

    private static double Floats(string operation, double a, double b, RenderState state)
    {
        if (b == 0 && operation is ("/" or "//" or "%"))
        {
            throw state.Error("division by zero.");
        }

        return operation switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "//" => Math.Round((a - Modulo(a, b)) / b),
            "%" => Modulo(a, b),
            _ when a == 0 && b < 0 => throw state.Error("zero cannot be raised to a negative power."),
            _ when a < 0 && !double.IsInteger(b) => throw state.Unsupported("the result type", "complex"),
            _ => Math.Pow(a, b),
        };
    }

    private static double Modulo(double a, double b)
    {
        double rest = a % b;
        return rest == 0 ? Math.CopySign(0, b) : rest < 0 == b < 0 ? rest : rest + b;
    }

    private static Value Repeat(Value value, BigInteger count, RenderState state)
    {
        int times = (int)BigInteger.Max(0, BigInteger.Min(count, int.MaxValue));
        if (value is StringValue { Text: var text })
        {
            state.Charge((long)text.Length * times);
            return new StringValue(new StringBuilder(text.Length * times).Insert(0, text, times).ToString());
        }

        var sequence = (SequenceValue)value;
        if (sequence.Kind is not (SequenceKind.List or SequenceKind.Tuple))
        {
            throw state.Error($"'*' is not supported between '{value.TypeName}' and 'int'.");
        }

        state.ChargeValues((long)sequence.Items.Count * times);
        var items = new List<Value>(sequence.Items.Count * times);
        for (int i = 0; i < times && sequence.Items.Count > 0; i++)
        {
            items.AddRange(sequence.Items);
        }

        return state.Sequence(sequence.Kind, items);
    }
}
