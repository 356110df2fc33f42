using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Fields;

/// <summary>All fields of one kind of JSON object. Null is absence; anything else that it does not list is refused by name.</summary>
/// <typeparam name="T">What the object is read as.</typeparam>
internal sealed class FieldTable<T>
{
    private readonly Field<T>[] _fields;
    private readonly FrozenDictionary<string, int> _byName;

    public FieldTable(params IEnumerable<Field<T>> fields)
    {
        _fields = [.. fields];
        _byName = _fields.Select((f, i) => KeyValuePair.Create(f.Name, i)).ToFrozenDictionary();
    }

    /// <summary>The fields, in the order in which they are described.</summary>
    public IReadOnlyList<Field<T>> Fields => _fields;

    /// <summary>Reads an object.</summary>
    /// <param name="value">The object.</param>
    /// <param name="prefix">Its path with a dot, or nothing for the request itself.</param>
    /// <param name="target">What holds where a field is absent.</param>
    /// <param name="errors">Gets everything that is wrong.</param>
    public T Read(JsonElement value, string prefix, T target, FieldErrors errors)
    {
        Span<bool> seen = stackalloc bool[_fields.Length];
        Span<bool> given = stackalloc bool[_fields.Length];
        foreach (var property in value.EnumerateObject())
        {
            if (!TryName(property, out var name))
            {
                var owner = prefix.TrimEnd('.');
                errors.Add(owner, $"field names{(owner.Length == 0 ? "" : $" of {owner}")} must be valid Unicode, but one has half a surrogate pair");
                continue;
            }

            if (!_byName.TryGetValue(name, out var index))
            {
                var unknown = prefix + FieldErrors.Shorten(name);
                errors.Add(unknown, $"unknown field {unknown}");
                continue;
            }

            if (seen[index])
            {
                errors.Add(prefix + name, $"{prefix}{name} must be given once, but is given again");
                continue;
            }

            seen[index] = true;
            if (property.Value.ValueKind != JsonValueKind.Null)
            {
                given[index] = true;
                target = _fields[index].Read(property.Value, prefix + name, target, errors);
            }
        }

        for (var i = 0; i < _fields.Length; i++)
        {
            if (_fields[i].Required && !given[i])
            {
                errors.Add(prefix + _fields[i].Name, $"{prefix}{_fields[i].Name} is required, but is missing");
            }
        }

        return target;
    }

    /// <summary>The object's schema.</summary>
    public OpenApiSchema Schema()
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>(),
            Required = new HashSet<string>(),
            AdditionalPropertiesAllowed = false,
        };
        foreach (var field in _fields)
        {
            if (field.Schema() is not { } property)
            {
                continue;
            }

            if (field.Required)
            {
                schema.Required.Add(field.Name);
            }
            else
            {
                property = OrNull(property);
            }

            property.Description = field.Description;
            schema.Properties.Add(field.Name, property);
        }

        return schema;
    }

    private static OpenApiSchema OrNull(OpenApiSchema schema)
    {
        if (schema.Type is { } type && schema.Enum is null)
        {
            schema.Type = type | JsonSchemaType.Null;
            return schema;
        }

        var nothing = new OpenApiSchema { Type = JsonSchemaType.Null };
        if (schema.AnyOf is { } either)
        {
            either.Add(nothing);
            return schema;
        }

        return new() { AnyOf = [schema, nothing] };
    }

    private static bool TryName(JsonProperty property, out string name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "";
            return false;
        }
    }
}

/// <summary>An object with the fields of a table.</summary>
/// <param name="table">Its fields.</param>
/// <param name="initial">What an empty object is read as.</param>
internal sealed class ObjectShape<T>(FieldTable<T> table, T initial) : Shape<T>
{
    public override string Expected => "an object";

    public override OpenApiSchema Schema() => table.Schema();

    public override bool TryRead(JsonElement value, string path, FieldErrors errors, out T result)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Expected(path, Expected, value);
            result = initial;
            return false;
        }

        var before = errors.Count;
        result = table.Read(value, path + ".", initial, errors);
        return errors.Count == before;
    }
}
