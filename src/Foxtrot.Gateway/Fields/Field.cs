using System.Text.Json;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Fields;

/// <summary>One field of a request: its name, what it takes, what it means, and where it goes.</summary>
/// <typeparam name="T">The request.</typeparam>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Description">What it means, for the API's description.</param>
internal abstract record Field<T>(string Name, string Description)
{
    /// <summary>Whether a request without it is refused.</summary>
    public bool Required { get; init; }

    /// <summary>Its schema; null for a field that is known but refused.</summary>
    public abstract OpenApiSchema? Schema();

    /// <summary>Reads a value other than null into a request.</summary>
    public abstract T Read(JsonElement value, string path, T target, FieldErrors errors);
}

/// <summary>A field of a certain shape.</summary>
internal sealed record ShapedField<T, TValue>(string Name, string Description, Shape<TValue> Shape, Func<T, TValue, T> Set) : Field<T>(Name, Description)
{
    public override OpenApiSchema Schema() => Shape.Schema();

    public override T Read(JsonElement value, string path, T target, FieldErrors errors) =>
        Shape.TryRead(value, path, errors, out var result) ? Set(target, result) : target;
}

/// <summary>A field that other servers have and this one does not: refused by name, whatever it says.</summary>
internal sealed record RefusedField<T>(string Name, string Instead) : Field<T>(Name, Instead)
{
    public override OpenApiSchema? Schema() => null;

    public override T Read(JsonElement value, string path, T target, FieldErrors errors)
    {
        errors.Add(path, $"{path} is not supported{Instead}");
        return target;
    }
}

/// <summary>A field of a part of the request.</summary>
internal sealed record PartField<T, TPart>(Field<TPart> Inner, Func<T, TPart> Get, Func<T, TPart, T> Set) : Field<T>(Inner.Name, Inner.Description)
{
    public override OpenApiSchema? Schema() => Inner.Schema();

    public override T Read(JsonElement value, string path, T target, FieldErrors errors) => Set(target, Inner.Read(value, path, Get(target), errors));
}

/// <summary>Short ways to write fields.</summary>
internal static class Field
{
    /// <summary>A field of a certain shape.</summary>
    public static Field<T> Of<T, TValue>(string name, Shape<TValue> shape, string description, Func<T, TValue, T> set) =>
        new ShapedField<T, TValue>(name, description, shape, set);

    /// <summary>A field that is always refused.</summary>
    public static Field<T> Refused<T>(string name, string instead = "") => new RefusedField<T>(name, instead);

    /// <summary>Fields of a part of the request.</summary>
    public static IEnumerable<Field<T>> In<T, TPart>(this IEnumerable<Field<TPart>> fields, Func<T, TPart> get, Func<T, TPart, T> set) =>
        fields.Select(f => new PartField<T, TPart>(f, get, set) { Required = f.Required });
}
