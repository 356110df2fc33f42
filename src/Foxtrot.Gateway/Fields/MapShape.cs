using System.Text.Json;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Fields;

/// <summary>Reads a key.</summary>
internal delegate bool TryKey<TKey>(string name, out TKey key);

/// <summary>An object with keys of the user's choice.</summary>
/// <typeparam name="TKey">What a key is read as.</typeparam>
/// <typeparam name="TValue">What a value is read as.</typeparam>
/// <param name="keys">What keys are, for messages: "token ids".</param>
/// <param name="tryKey">Reads a key; false when it is none.</param>
/// <param name="values">What values look like.</param>
/// <param name="maximum">Entries at most.</param>
internal sealed class MapShape<TKey, TValue>(string keys, TryKey<TKey> tryKey, Shape<TValue> values, int maximum = int.MaxValue)
    : Shape<Dictionary<TKey, TValue>>
    where TKey : notnull
{
    public override string Expected => $"an object with {keys} as keys" + (maximum == int.MaxValue ? "" : $" and {maximum} entries at most");

    public override OpenApiSchema Schema() => new()
    {
        Type = JsonSchemaType.Object,
        AdditionalProperties = values.Schema(),
        MaxProperties = maximum == int.MaxValue ? null : maximum,
    };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out Dictionary<TKey, TValue> result)
    {
        result = [];
        if (value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() > maximum)
        {
            errors.Expected(path, Expected, value);
            return false;
        }

        var before = errors.Count;
        foreach (var property in value.EnumerateObject())
        {
            string name;
            try
            {
                name = property.Name;
            }
            catch (InvalidOperationException)
            {
                errors.Add(path, $"{path} must have {keys} as keys, but one has half a surrogate pair");
                continue;
            }

            if (!tryKey(name, out var key))
            {
                errors.Add(path, $"{path} must have {keys} as keys, but has \"{FieldErrors.Shorten(name)}\"");
            }
            else if (values.TryRead(property.Value, $"{path}.{FieldErrors.Shorten(name)}", errors, out var entry) && !result.TryAdd(key, entry))
            {
                errors.Add(path, $"{path} must name each key once, but names \"{FieldErrors.Shorten(name)}\" again");
            }
        }

        return errors.Count == before;
    }
}
