using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <summary>The operator <c>in</c>.</summary>
internal static class Containment
{
    /// <summary>Whether a container holds an item: a substring, a key, an element; undefined holds nothing.</summary>
    public static bool Contains(Value container, Value item, RenderState state)
    {
        switch (container)
        {
            case StringValue text when item is StringValue part:
                state.Charge(text.Text.Length);
                return text.Text.Contains(part.Text, StringComparison.Ordinal);
            case StringValue:
                throw state.Error($"'in' a string needs a string on its left, not a value of type '{item.TypeName}'.");
            case DictValue dict:
                return dict.Get(item is UndefinedValue ? item : state.Key(item)) is not null;
            case SequenceValue sequence:
                foreach (Value element in sequence.Read())
                {
                    if (state.AreEqual(element, item))
                    {
                        return true;
                    }
                }

                return false;
            case UndefinedValue:
                return false;
            default:
                throw state.Error($"a value of type '{container.TypeName}' cannot be searched with 'in'.");
        }
    }
}
