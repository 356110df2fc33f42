using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Whether a test holds for its input.</summary>
internal delegate bool TestFunction(Value input, Arguments arguments, RenderState state);

/// <summary>The tests by name, as in <c>x is defined</c>.</summary>
/// <remarks>Source: jinja2/tests.py (3.1).</remarks>
internal static class TestTable
{
    private static readonly Dictionary<string, TestFunction> Functions = new(StringComparer.Ordinal)
    {
        ["boolean"] = Plain(x => x is BoolValue),
        ["callable"] = Plain(x => x is CallableValue or UndefinedValue),
        ["defined"] = Plain(x => x is not UndefinedValue),
        ["divisibleby"] = (x, a, s) => IsZero(Arithmetic.Apply("%", x, a.Bind(s, 1, "num")[0]!, s)),
        ["false"] = Plain(x => x is BoolValue { IsTruthy: false }),
        ["float"] = Plain(x => x is FloatValue),
        ["in"] = (x, a, s) => Containment.Contains(a.Bind(s, 1, "seq")[0]!, x, s),
        ["integer"] = Plain(x => x is IntValue),
        ["iterable"] = Plain(x => x is StringValue or SequenceValue or DictValue or UndefinedValue or LoopValue),
        ["lower"] = (x, a, s) => StringMethods.HasCase(Text(x, a, s), upper: false),
        ["mapping"] = Plain(x => x is DictValue),
        ["none"] = Plain(x => x is NoneValue),
        ["number"] = Plain(ValueComparison.IsNumber),
        ["even"] = (x, a, s) => Remainder(x, a, s) == 0,
        ["odd"] = (x, a, s) => Remainder(x, a, s) == 1,
        ["sameas"] = (x, a, s) => IsSame(x, a.Bind(s, 1, "other")[0]!),
        ["sequence"] = Plain(x => x is StringValue or DictValue or SequenceValue { IsIndexed: true } or UndefinedValue),
        ["string"] = Plain(x => x is StringValue),
        ["true"] = Plain(x => x is BoolValue { IsTruthy: true }),
        ["undefined"] = Plain(x => x is UndefinedValue),
        ["upper"] = (x, a, s) => StringMethods.HasCase(Text(x, a, s), upper: true),
        ["eq"] = Equal,
        ["equalto"] = Equal,
        ["=="] = Equal,
        ["ne"] = NotEqual,
        ["!="] = NotEqual,
        ["lt"] = Ordered("<"),
        ["lessthan"] = Ordered("<"),
        ["<"] = Ordered("<"),
        ["le"] = Ordered("<="),
        ["<="] = Ordered("<="),
        ["gt"] = Ordered(">"),
        ["greaterthan"] = Ordered(">"),
        [">"] = Ordered(">"),
        ["ge"] = Ordered(">="),
        [">="] = Ordered(">="),
    };

    /// <summary>The test of a name; null where there is none.</summary>
    public static TestFunction? Find(string name) => Functions.GetValueOrDefault(name);

    private static TestFunction Plain(Func<Value, bool> holds) => (input, arguments, state) =>
    {
        arguments.Bind(state, 0);
        return holds(input);
    };

    private static TestFunction Ordered(string comparison) =>
        (input, arguments, state) => Ordering.Holds(comparison, input, arguments.Bind(state, 1, "other")[0]!, state);

    private static bool Equal(Value input, Arguments arguments, RenderState state) =>
        state.AreEqual(input, arguments.Bind(state, 1, "other")[0]!);

    private static bool NotEqual(Value input, Arguments arguments, RenderState state) => !Equal(input, arguments, state);

    /// <summary>Identity: sure for truth values, none and undefined; for other values it is the object's own.</summary>
    private static bool IsSame(Value left, Value right) => ReferenceEquals(left, right);

    private static bool IsZero(Value value) => !value.IsTruthy;

    private static string Text(Value input, Arguments arguments, RenderState state)
    {
        arguments.Bind(state, 0);
        return state.Str(input);
    }

    private static double Remainder(Value input, Arguments arguments, RenderState state)
    {
        arguments.Bind(state, 0);
        return Arithmetic.AsDouble(Arithmetic.Apply("%", input, new IntValue(2), state));
    }
}
