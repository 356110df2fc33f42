using System.Numerics;
using Foxtrot.Inference.ChatTemplates.Builtins;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <summary>Attributes and items, <c>x.name</c> and <c>x[key]</c>.</summary>
/// <remarks>
/// As in Jinja, either falls back to the other: <c>message.role</c> reads a dict's key, <c>x['items']</c> finds a method.
/// What does not exist is undefined; asking anything of undefined is an error.
/// </remarks>
internal static class Subscripts
{
    public static Value Attribute(Value target, string name, RenderState state) =>
        target is UndefinedValue ? throw state.Undefined(target)
        : Own(target, name, state)
        ?? (target as DictValue)?.Get(name)
        ?? Missing(target, name);

    public static Value Item(Value target, Value key, RenderState state)
    {
        switch (target)
        {
            case UndefinedValue:
                throw state.Undefined(target);
            case DictValue dict when dict.Get(key) is { } value:
                return value;
            case SequenceValue { IsIndexed: true } sequence when ValueComparison.AsInteger(key) is { } index:
                return Resolve(index, sequence.Items.Count) is { } at ? sequence.Items[at] : Missing(target, index.ToString());
            case StringValue { Text: var text } when ValueComparison.AsInteger(key) is { } index:
                state.Charge(text.Length);
                return Resolve(index, PythonText.Length(text)) is { } point
                    ? new StringValue(text[PythonText.Utf16Index(text, point)..PythonText.Utf16Index(text, point + 1)])
                    : Missing(target, index.ToString());
        }

        return key is StringValue name
            ? Own(target, name.Text, state) ?? Missing(target, name.Text)
            : Missing(target, key.TypeName);
    }

    private static Value? Own(Value target, string name, RenderState state) => target switch
    {
        StringValue text => StringMethods.Find(text, name, state),
        DictValue dict => DictMethods.Find(dict, name, state),
        SequenceValue { Kind: SequenceKind.List or SequenceKind.Tuple } sequence => ListMethods.Find(sequence, name, state),
        NamespaceValue values => values.Attributes.GetValueOrDefault(name),
        LoopValue loop => loop.Attribute(name),
        MacroValue macro when name == "name" => new StringValue(macro.Name),
        _ => null,
    };

    private static int? Resolve(BigInteger index, int count)
    {
        BigInteger at = index.Sign < 0 ? index + count : index;
        return at.Sign >= 0 && at < count ? (int)at : null;
    }

    private static UndefinedValue Missing(Value target, string name) =>
        new($"a value of type '{target.TypeName}' has no attribute or item '{name}'");
}
