using System.Globalization;
using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>The attribute of filters such as <c>map(attribute="a.b.0")</c>: names and indices, one within the other.</summary>
internal sealed class AttributePath
{
    private readonly Value[] _parts;

    private AttributePath(Value[] parts) => _parts = parts;

    /// <summary>The path an argument names; null where it is absent or none.</summary>
    public static AttributePath? From(Value? attribute, Arguments arguments, RenderState state) => attribute switch
    {
        null or NoneValue => null,
        IntValue or BoolValue => new AttributePath([attribute]),
        _ => new AttributePath([.. arguments.Text(attribute, state).Split('.').Select(Part)]),
    };

    /// <summary>The attribute of an item; undefined, or the default, where its last part is missing.</summary>
    public Value Read(Value item, RenderState state, Value? defaultValue = null)
    {
        foreach (Value part in _parts)
        {
            item = Subscripts.Item(item, part, state);
            item = item is UndefinedValue ? defaultValue ?? item : item;
        }

        return item;
    }

    private static Value Part(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
        ? new IntValue(index)
        : new StringValue(part);
}
