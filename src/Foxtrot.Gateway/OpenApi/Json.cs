using Microsoft.OpenApi;

namespace Foxtrot.Gateway.OpenApi;

/// <summary>Short ways to write the schemas of answers.</summary>
internal static class Json
{
    /// <summary>A text.</summary>
    public static OpenApiSchema Text => new() { Type = JsonSchemaType.String };

    /// <summary>An integer.</summary>
    public static OpenApiSchema Integer => new() { Type = JsonSchemaType.Integer };

    /// <summary>A number.</summary>
    public static OpenApiSchema Number => new() { Type = JsonSchemaType.Number };

    /// <summary>True or false.</summary>
    public static OpenApiSchema Flag => new() { Type = JsonSchemaType.Boolean };

    /// <summary>A 64-bit number as a decimal string.</summary>
    public static OpenApiSchema Seed => new() { Type = JsonSchemaType.String, Pattern = "^[0-9]{1,20}$" };

    /// <summary>One of a few words.</summary>
    public static OpenApiSchema Word(params string[] words) => new() { Type = JsonSchemaType.String, Enum = [.. words] };

    /// <summary>An array.</summary>
    public static OpenApiSchema List(IOpenApiSchema item) => new() { Type = JsonSchemaType.Array, Items = item };

    /// <summary>An object with keys of the answer's own.</summary>
    public static OpenApiSchema Map(IOpenApiSchema value) => new() { Type = JsonSchemaType.Object, AdditionalProperties = value };

    /// <summary>A value, or null.</summary>
    public static OpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema { Type: { } type, Enum: null } plain)
        {
            plain.Type = type | JsonSchemaType.Null;
            return plain;
        }

        return new() { AnyOf = [schema, new OpenApiSchema { Type = JsonSchemaType.Null }] };
    }

    /// <summary>An object with exactly these fields; one whose name ends in a question mark may be absent.</summary>
    public static OpenApiSchema Object(params (string Name, IOpenApiSchema Schema)[] fields)
    {
        var schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>(),
            Required = new HashSet<string>(),
            AdditionalPropertiesAllowed = false,
        };
        foreach (var (name, field) in fields)
        {
            schema.Properties.Add(name.TrimEnd('?'), field);
            if (!name.EndsWith('?'))
            {
                schema.Required.Add(name);
            }
        }

        return schema;
    }
}
