using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Methods of dicts. Those that change one are refused, as by transformers' sandbox.</summary>
internal static class DictMethods
{
    /// <summary>The method of a name, bound to a dict; null where dicts have none of that name.</summary>
    public static Value? Find(DictValue dict, string name, RenderState state)
    {
        switch (name)
        {
            case "get":
                return new NativeFunction(name, (a, s) => Get(dict, a, s));
            case "items":
                return new NativeFunction(name, (a, s) => View(a, s, Pairs(dict, s)));
            case "keys":
                return new NativeFunction(name, (a, s) => View(a, s, [.. dict.Items.Select(e => e.Key)]));
            case "values":
                return new NativeFunction(name, (a, s) => View(a, s, [.. dict.Items.Select(e => e.Value)]));
            case "copy":
                return new NativeFunction(name, (a, s) => a.Bind(s, 0).Length == 0 ? dict : NoneValue.Instance);
            case "clear" or "pop" or "popitem" or "setdefault" or "update" or "fromkeys" when dict.Get(name) is null:
                throw state.Unsupported("the dict method", name);
            default:
                return null;
        }
    }

    /// <summary>The entries as tuples.</summary>
    public static List<Value> Pairs(DictValue dict, RenderState state) =>
        [.. dict.Items.Select(e => state.Sequence(SequenceKind.Tuple, [e.Key, e.Value]))];

    private static Value Get(DictValue dict, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 1, "key", "default");
        return dict.Get(state.Key(values[0]!)) ?? values[1] ?? NoneValue.Instance;
    }

    private static SequenceValue View(Arguments arguments, RenderState state, IReadOnlyList<Value> items)
    {
        arguments.Bind(state, 0);
        return state.Sequence(SequenceKind.View, items);
    }
}
