using System.Text.Json;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.Fields;

/// <summary>What a JSON value must look like: reads it, and says so in the API's schema. The two cannot differ.</summary>
/// <typeparam name="T">What it is read as.</typeparam>
/// <remarks>Immutable and thread-safe.</remarks>
internal abstract class Shape<T>
{
    /// <summary>What is expected, for messages: "a number in [0, 2]".</summary>
    public abstract string Expected { get; }

    /// <summary>The schema, a new one each time.</summary>
    public abstract OpenApiSchema Schema();

    /// <summary>Reads a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="path">Its field, for messages.</param>
    /// <param name="errors">Gets what is wrong; every failure adds at least one.</param>
    /// <param name="result">The value read.</param>
    public abstract bool TryRead(JsonElement value, string path, FieldErrors errors, out T result);
}
