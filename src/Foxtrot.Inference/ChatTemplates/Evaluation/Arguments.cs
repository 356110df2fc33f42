using System.Numerics;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <summary>Evaluated arguments of a call, a filter or a test.</summary>
/// <param name="callee">What is called, for error messages: "filter 'join'".</param>
/// <param name="positional">By place.</param>
/// <param name="named">By name.</param>
internal sealed class Arguments(string callee, Value[] positional, KeyValuePair<string, Value>[] named)
{
    public string Callee => callee;

    public Value[] Positional => positional;

    public KeyValuePair<string, Value>[] Named => named;

    /// <summary>The arguments without the first ones and under another name, for filters that call tests or filters.</summary>
    public Arguments Rest(int count, string newCallee) => new(newCallee, positional[Math.Min(count, positional.Length)..], named);

    /// <summary>The arguments in the order of their names; absent ones are null.</summary>
    /// <param name="state">Raises the errors.</param>
    /// <param name="required">How many of the names must be given.</param>
    /// <param name="names">The parameters' names.</param>
    public Value?[] Bind(RenderState state, int required, params ReadOnlySpan<string> names)
    {
        if (positional.Length > names.Length)
        {
            throw state.Error($"{callee} takes at most {names.Length} argument(s), {positional.Length} given.");
        }

        var values = new Value?[names.Length];
        positional.CopyTo(values, 0);
        foreach ((string name, Value value) in named)
        {
            int index = names.IndexOf(name);
            if (index < 0)
            {
                throw state.Error($"{callee} has no argument '{name}'.");
            }

            values[index] = values[index] is null ? value : throw state.Error($"{callee} got the argument '{name}' twice.");
        }

        int missing = Array.IndexOf(values, null, 0, required);
        return missing < 0 ? values : throw state.Error($"{callee} needs the argument '{names[missing]}'.");
    }

    /// <summary>A string argument.</summary>
    public string Text(Value value, RenderState state) => value switch
    {
        StringValue s => s.Text,
        UndefinedValue => throw state.Undefined(value),
        _ => throw state.Error($"{callee} needs a string, not a value of type '{value.TypeName}'."),
    };

    /// <summary>An integer argument; numbers beyond 32 bits are brought to the nearest that fits.</summary>
    public int Integer(Value value, RenderState state) => value is UndefinedValue
        ? throw state.Undefined(value)
        : ValueComparison.AsInteger(value) is { } number
            ? (int)BigInteger.Min(BigInteger.Max(number, int.MinValue), int.MaxValue)
            : throw state.Error($"{callee} needs an integer, not a value of type '{value.TypeName}'.");

    /// <summary>An integer argument that may be absent or none.</summary>
    public int IntegerOr(Value? value, int fallback, RenderState state) =>
        value is null or NoneValue ? fallback : Integer(value, state);
}
