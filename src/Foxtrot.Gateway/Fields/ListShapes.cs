using System.Globalization;
using System.Text.Json;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Fields;

/// <summary>An array of values of one shape.</summary>
internal sealed class ListShape<T>(Shape<T> item, int minimum = 0, int maximum = int.MaxValue) : Shape<T[]>
{
    public override string Expected => (minimum, maximum) switch
    {
        (0, int.MaxValue) => $"an array",
        (_, int.MaxValue) => $"an array of {minimum} or more items",
        _ => $"an array of {minimum} to {maximum} items",
    };

    public override OpenApiSchema Schema() => new()
    {
        Type = JsonSchemaType.Array,
        Items = item.Schema(),
        MinItems = minimum == 0 ? null : minimum,
        MaxItems = maximum == int.MaxValue ? null : maximum,
    };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out T[] result)
    {
        result = [];
        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Expected(path, Expected, value);
            return false;
        }

        var length = value.GetArrayLength();
        if (length < minimum || length > maximum)
        {
            errors.Add(path, string.Create(CultureInfo.InvariantCulture, $"{path} must be {Expected}, but has {length}"));
            return false;
        }

        var items = new T[length];
        var sound = true;
        var i = 0;
        foreach (var element in value.EnumerateArray())
        {
            // The path costs an allocation, so it is only made where something is wrong or the item has fields of its own.
            sound &= item.TryRead(element, item is IPathless ? path : string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), errors, out items[i]);
            i++;
        }

        result = items;
        return sound;
    }
}

/// <summary>Marks item shapes that arrays hold by the thousand; their messages name the array.</summary>
internal interface IPathless;

/// <summary>A token id.</summary>
internal sealed class TokenIdShape : Shape<int>, IPathless
{
    private readonly IntegerShape _integer = new(0);

    public override string Expected => "a token id, an integer from 0";

    public override OpenApiSchema Schema() => _integer.Schema();

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out int result)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out result) && result >= 0)
        {
            return true;
        }

        errors.Add(path, $"{path} must hold token ids, integers in [0, {int.MaxValue}], but holds {FieldErrors.Show(value)}");
        result = 0;
        return false;
    }
}

/// <summary>One text, or an array of them.</summary>
internal sealed class TextsShape(int most, int minimumLength = 1, int maximumLength = int.MaxValue) : Shape<string[]>
{
    private readonly TextShape _one = new(minimumLength, maximumLength);
    private readonly ListShape<string> _many = new(new TextShape(minimumLength, maximumLength), 0, most);

    public override string Expected => "a string or " + _many.Expected;

    public override OpenApiSchema Schema() => new() { AnyOf = [_one.Schema(), _many.Schema()] };

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out string[] result)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            return _many.TryRead(value, path, errors, out result);
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            errors.Expected(path, Expected, value);
            result = [];
            return false;
        }

        var sound = _one.TryRead(value, path, errors, out var text);
        result = [text];
        return sound;
    }
}
