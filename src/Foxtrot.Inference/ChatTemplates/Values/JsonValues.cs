using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Foxtrot.Inference.ChatTemplates.Evaluation;

namespace Foxtrot.Inference.ChatTemplates.Values;

/// <summary>Makes template values of JSON and of messages.</summary>
internal static class JsonValues
{
    /// <summary>The value of a JSON element: objects keep their order, a number with a fraction or an exponent is a float.</summary>
    public static Value From(JsonElement element, RenderState state)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                OrderedDictionary<Value, Value> items = DictValue.NewItems();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    items[new StringValue(property.Name)] = From(property.Value, state);
                }

                return state.Dict(items);
            case JsonValueKind.Array:
                var elements = new List<Value>(element.GetArrayLength());
                foreach (JsonElement item in element.EnumerateArray())
                {
                    elements.Add(From(item, state));
                }

                return state.List(elements);
            case JsonValueKind.String:
                return state.Text(element.GetString()!);
            case JsonValueKind.Number:
                return FromNumber(element.GetRawText(), state);
            case JsonValueKind.True or JsonValueKind.False:
                return BoolValue.Of(element.GetBoolean());
            case JsonValueKind.Null:
                return NoneValue.Instance;
            default:
                throw state.Error("a variable holds a JSON element without a value.");
        }
    }

    /// <summary>A message as the dict templates read: role and content first, then its further fields.</summary>
    public static Value From(ChatMessage message, RenderState state)
    {
        OrderedDictionary<Value, Value> items = DictValue.NewItems();
        items[new StringValue("role")] = state.Text(message.Role);
        items[new StringValue("content")] = state.Text(message.Content);
        foreach ((string name, JsonElement value) in message.Fields ?? new Dictionary<string, JsonElement>())
        {
            items[new StringValue(name)] = From(value, state);
        }

        return state.Dict(items);
    }

    private static Value FromNumber(string text, RenderState state)
    {
        if (text.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            return new FloatValue(double.Parse(text, CultureInfo.InvariantCulture));
        }

        return state.Integer(text.Length <= IntValue.MaxBits
            ? BigInteger.Parse(text, CultureInfo.InvariantCulture)
            : BigInteger.One << (IntValue.MaxBits + 1));
    }
}
