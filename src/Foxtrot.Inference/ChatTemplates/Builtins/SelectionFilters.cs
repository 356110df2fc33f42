using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Filters that take items one by one: <c>map</c>, <c>select</c> and its kin, <c>default</c>.</summary>
internal static class SelectionFilters
{
    public static Value Default(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "default_value", "boolean");
        bool replaces = input is UndefinedValue || (values[1]?.IsTruthy == true && !input.IsTruthy);
        return replaces ? values[0] ?? StringValue.Empty : input;
    }

    public static Value Map(Value input, Arguments arguments, RenderState state)
    {
        IReadOnlyList<Value> items = state.Iterate(input);
        if (arguments.Positional.Length == 0)
        {
            Value?[] values = arguments.Bind(state, 0, "attribute", "default");
            AttributePath path = AttributePath.From(values[0], arguments, state)
                ?? throw state.Error("filter 'map' needs a filter's name or an attribute.");
            return state.Generator(items.Select(item => path.Read(item, state, values[1])).ToList());
        }

        string name = arguments.Text(arguments.Positional[0], state);
        FilterFunction filter = FilterTable.Find(name) ?? throw state.Unsupported("the filter", name);
        Arguments rest = arguments.Rest(1, $"filter '{name}'");
        return state.Generator(items.Select(item => filter(item, rest, state)).ToList());
    }

    public static Value Select(Value input, Arguments arguments, RenderState state) =>
        Choose(input, arguments, 0, keep: true, state);

    public static Value Reject(Value input, Arguments arguments, RenderState state) =>
        Choose(input, arguments, 0, keep: false, state);

    public static Value SelectAttr(Value input, Arguments arguments, RenderState state) =>
        Choose(input, arguments, 1, keep: true, state);

    public static Value RejectAttr(Value input, Arguments arguments, RenderState state) =>
        Choose(input, arguments, 1, keep: false, state);

    private static SequenceValue Choose(Value input, Arguments arguments, int skip, bool keep, RenderState state)
    {
        if (arguments.Positional.Length < skip)
        {
            throw state.Error($"{arguments.Callee} needs an attribute's name.");
        }

        AttributePath? path = skip == 0 ? null : AttributePath.From(arguments.Positional[0], arguments, state);
        Func<Value, bool> holds = value => value.IsTruthy;
        if (arguments.Positional.Length > skip)
        {
            string name = arguments.Text(arguments.Positional[skip], state);
            TestFunction test = TestTable.Find(name) ?? throw state.Unsupported("the test", name);
            Arguments rest = arguments.Rest(skip + 1, $"test '{name}'");
            holds = value => test(value, rest, state);
        }

        return state.Generator(state.Iterate(input)
            .Where(item => holds(path is null ? item : path.Read(item, state)) == keep)
            .ToList());
    }
}
