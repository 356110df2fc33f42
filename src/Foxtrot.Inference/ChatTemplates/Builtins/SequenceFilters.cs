using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Filters that take a sequence as a whole.</summary>
internal static class SequenceFilters
{
    public static Value Length(Value input, Arguments arguments, RenderState state)
    {
        arguments.Bind(state, 0);
        switch (input)
        {
            case StringValue text:
                state.Charge(text.Text.Length);
                return new IntValue(PythonText.Length(text.Text));
            case SequenceValue { Kind: not SequenceKind.Generator } sequence:
                return new IntValue(sequence.Items.Count);
            case DictValue dict:
                return new IntValue(dict.Count);
            case UndefinedValue:
                return new IntValue(0);
            default:
                throw state.Error($"a value of type '{input.TypeName}' has no length.");
        }
    }

    public static Value List(Value input, Arguments arguments, RenderState state)
    {
        arguments.Bind(state, 0);
        return state.List(state.Iterate(input));
    }

    public static Value First(Value input, Arguments arguments, RenderState state)
    {
        arguments.Bind(state, 0);
        IReadOnlyList<Value> items = state.Iterate(input);
        return items.Count > 0 ? items[0] : new UndefinedValue("an empty sequence has no first item");
    }

    public static Value Last(Value input, Arguments arguments, RenderState state)
    {
        arguments.Bind(state, 0);
        if (input is SequenceValue { Kind: SequenceKind.Generator })
        {
            throw state.Error("a generator has no last item; make it a list first: |list|last.");
        }

        IReadOnlyList<Value> items = state.Iterate(input);
        return items.Count > 0 ? items[^1] : new UndefinedValue("an empty sequence has no last item");
    }

    public static Value Reverse(Value input, Arguments arguments, RenderState state)
    {
        arguments.Bind(state, 0);
        List<Value> items = [.. state.Iterate(input)];
        items.Reverse();
        return input is StringValue
            ? state.Text(string.Concat(items.Select(c => ((StringValue)c).Text)))
            : state.Generator(items);
    }

    public static Value Join(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "d", "attribute");
        string separator = values[0] is null ? "" : state.Str(values[0]!);
        AttributePath? path = AttributePath.From(values[1], arguments, state);
        IReadOnlyList<Value> items = state.Iterate(input);
        state.Charge((long)items.Count * separator.Length);
        return state.Text(string.Join(separator, items.Select(item => state.Str(path is null ? item : path.Read(item, state)))));
    }

    public static Value Items(Value input, Arguments arguments, RenderState state)
    {
        arguments.Bind(state, 0);
        return input switch
        {
            DictValue dict => state.Generator(DictMethods.Pairs(dict, state)),
            UndefinedValue => state.Generator([]),
            _ => throw state.Error($"filter 'items' needs a mapping, not a value of type '{input.TypeName}'."),
        };
    }
}
