using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Methods of lists and tuples. Those that change a list are refused, as by transformers' sandbox.</summary>
internal static class ListMethods
{
    /// <summary>The method of a name, bound to a sequence; null where there is none of that name.</summary>
    public static Value? Find(SequenceValue sequence, string name, RenderState state) => name switch
    {
        "index" => new NativeFunction(name, (a, s) => Index(sequence, a, s)),
        "count" => new NativeFunction(name, (a, s) => Count(sequence, a, s)),
        "copy" when sequence.Kind == SequenceKind.List => new NativeFunction(name, (a, s) => a.Bind(s, 0).Length == 0 ? sequence : NoneValue.Instance),
        "append" or "clear" or "extend" or "insert" or "pop" or "remove" or "reverse" or "sort" when sequence.Kind == SequenceKind.List =>
            throw state.Unsupported("the list method", name),
        _ => null,
    };

    private static IntValue Index(SequenceValue sequence, Arguments arguments, RenderState state)
    {
        Value wanted = arguments.Bind(state, 1, "value")[0]!;
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            if (state.AreEqual(sequence.Items[i], wanted))
            {
                return new IntValue(i);
            }
        }

        throw state.Error("'index' did not find the value in the list.");
    }

    private static IntValue Count(SequenceValue sequence, Arguments arguments, RenderState state)
    {
        Value wanted = arguments.Bind(state, 1, "value")[0]!;
        return new IntValue(sequence.Items.Count(item => state.AreEqual(item, wanted)));
    }
}
