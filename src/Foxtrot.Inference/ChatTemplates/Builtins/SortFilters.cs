using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Filters that compare items with one another. Strings compare without case unless <c>case_sensitive</c> is set.</summary>
internal static class SortFilters
{
    public static Value Sort(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "reverse", "case_sensitive", "attribute");
        AttributePath?[] paths = values[2] is StringValue { Text: var text }
            ? [.. text.Split(',').Select(part => AttributePath.From(new StringValue(part), arguments, state))]
            : [AttributePath.From(values[2], arguments, state)];
        bool caseSensitive = values[1]?.IsTruthy == true;
        return state.List(Sorted(
            state.Iterate(input),
            item => state.Sequence(SequenceKind.List, [.. paths.Select(path => Key(path, item, caseSensitive, state))]),
            values[0]?.IsTruthy == true,
            state));
    }

    public static Value DictSort(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "case_sensitive", "by", "reverse");
        string by = values[1] is null ? "key" : arguments.Text(values[1]!, state);
        if (by is not ("key" or "value"))
        {
            throw state.Error($"filter 'dictsort' sorts by 'key' or 'value', not by '{by}'.");
        }

        DictValue dict = input as DictValue
            ?? throw (input is UndefinedValue ? state.Undefined(input) : state.Error($"filter 'dictsort' needs a mapping, not a value of type '{input.TypeName}'."));
        int part = by == "key" ? 0 : 1;
        bool caseSensitive = values[0]?.IsTruthy == true;
        return state.List(Sorted(
            DictMethods.Pairs(dict, state),
            pair => Key(null, ((SequenceValue)pair).Items[part], caseSensitive, state),
            values[2]?.IsTruthy == true,
            state));
    }

    public static Value Min(Value input, Arguments arguments, RenderState state) => Extreme(input, arguments, -1, state);

    public static Value Max(Value input, Arguments arguments, RenderState state) => Extreme(input, arguments, 1, state);

    public static Value Unique(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "case_sensitive", "attribute");
        AttributePath? path = AttributePath.From(values[1], arguments, state);
        var seen = new HashSet<Value>(ScalarComparer.Instance);
        return state.Generator(state.Iterate(input)
            .Where(item => seen.Add(state.Key(Key(path, item, values[0]?.IsTruthy == true, state))))
            .ToList());
    }

    private static Value Extreme(Value input, Arguments arguments, int sign, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "case_sensitive", "attribute");
        AttributePath? path = AttributePath.From(values[1], arguments, state);
        Value? best = null;
        Value? bestKey = null;
        foreach (Value item in state.Iterate(input))
        {
            Value key = Key(path, item, values[0]?.IsTruthy == true, state);
            if (bestKey is null || state.Compare(key, bestKey, sign < 0 ? "<" : ">") * sign > 0)
            {
                (best, bestKey) = (item, key);
            }
        }

        return best ?? new UndefinedValue("an empty sequence has no least or greatest item");
    }

    /// <summary>A stable sort; reversed, equal items still keep their order, as in Python.</summary>
    private static List<Value> Sorted(IReadOnlyList<Value> items, Func<Value, Value> key, bool reverse, RenderState state)
    {
        var keyed = items.Select(item => (Key: key(item), Item: item)).ToList();
        var order = Comparer<Value>.Create((a, b) => reverse ? state.Compare(b, a, "<") : state.Compare(a, b, "<"));
        try
        {
            return [.. keyed.OrderBy(pair => pair.Key, order).Select(pair => pair.Item)];
        }
        catch (InvalidOperationException e) when (e.InnerException is ChatTemplateException inner)
        {
            throw inner;
        }
    }

    private static Value Key(AttributePath? path, Value item, bool caseSensitive, RenderState state)
    {
        Value key = path is null ? item : path.Read(item, state);
        return key is StringValue text && !caseSensitive ? state.Text(PythonText.Lower(text.Text)) : key;
    }
}
