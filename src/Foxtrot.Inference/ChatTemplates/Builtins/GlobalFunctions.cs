using System.Numerics;
using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Functions every template can call; <c>raise_exception</c> and <c>strftime_now</c> are those transformers adds.</summary>
internal static class GlobalFunctions
{
    /// <summary>Longest range, as in Jinja's sandbox.</summary>
    private const int MaxRange = 100_000;

    /// <summary>Whether Jinja has a function of this name that is left out here.</summary>
    public static bool IsUnsupported(string name) => name is "cycler" or "joiner" or "lipsum";

    public static void Define(Scope scope)
    {
        Define(scope, "range", Range);
        Define(scope, "dict", Dict);
        Define(scope, "namespace", Namespace);
        Define(scope, "raise_exception", RaiseException);
        Define(scope, "strftime_now", StrftimeNow);
    }

    private static void Define(Scope scope, string name, Func<Arguments, RenderState, Value> function) =>
        scope.Set(name, new NativeFunction(name, function));

    private static SequenceValue Range(Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 1, "start", "stop", "step");
        BigInteger first = arguments.Integer(values[0]!, state);
        BigInteger last = values[1] is null ? first : arguments.Integer(values[1]!, state);
        first = values[1] is null ? 0 : first;
        BigInteger step = values[2] is null ? 1 : arguments.Integer(values[2]!, state);
        if (step.IsZero)
        {
            throw state.Error("the step of 'range' is zero.");
        }

        BigInteger count = BigInteger.Max(0, (last - first + step - step.Sign) / step);
        if (count > MaxRange)
        {
            throw new ChatTemplateException(ChatTemplateErrorKind.Limit, $"'range' has more than {MaxRange} numbers.", state.Position);
        }

        var items = new List<Value>((int)count);
        for (int i = 0; i < count; i++)
        {
            items.Add(state.Integer(first + (step * i)));
        }

        return state.Sequence(SequenceKind.Range, items);
    }

    private static DictValue Dict(Arguments arguments, RenderState state)
    {
        OrderedDictionary<Value, Value> items = DictValue.NewItems();
        Collect(arguments, state, (key, value) => items[state.Key(key)] = value);
        return state.Dict(items);
    }

    private static NamespaceValue Namespace(Arguments arguments, RenderState state)
    {
        var result = new NamespaceValue();
        Collect(arguments, state, (key, value) => result.Attributes[arguments.Text(key, state)] = value);
        return result;
    }

    private static void Collect(Arguments arguments, RenderState state, Action<Value, Value> add)
    {
        if (arguments.Positional.Length > 1)
        {
            throw state.Error($"{arguments.Callee} takes at most 1 positional argument, {arguments.Positional.Length} given.");
        }

        foreach (Value source in arguments.Positional)
        {
            IReadOnlyList<Value> pairs = source is DictValue dict ? DictMethods.Pairs(dict, state) : state.Iterate(source);
            foreach (Value pair in pairs)
            {
                IReadOnlyList<Value> parts = state.Iterate(pair);
                if (parts.Count != 2)
                {
                    throw state.Error($"{arguments.Callee} needs pairs, not {parts.Count} value(s).");
                }

                add(parts[0], parts[1]);
            }
        }

        foreach ((string name, Value value) in arguments.Named)
        {
            add(new StringValue(name), value);
        }
    }

    private static Value RaiseException(Arguments arguments, RenderState state) => throw new ChatTemplateException(
        ChatTemplateErrorKind.Raised, state.Str(arguments.Bind(state, 1, "message")[0]!), state.Position);

    private static StringValue StrftimeNow(Arguments arguments, RenderState state)
    {
        string format = arguments.Text(arguments.Bind(state, 1, "format")[0]!, state);
        return state.Text(StrftimeFormat.Format(format, state.Time.GetLocalNow().DateTime, state));
    }
}
