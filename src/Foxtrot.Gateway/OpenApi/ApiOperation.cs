using Foxtrot.Gateway.Fields;
using Microsoft.AspNetCore.Builder;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.OpenApi;

/// <summary>What the API's description says of a route; attached to its endpoint.</summary>
/// <param name="Id">The operation's name.</param>
/// <param name="Summary">What it does.</param>
internal sealed record ApiOperation(string Id, string Summary)
{
    /// <summary>The body's schema; null when there is none.</summary>
    public Func<OpenApiSchema>? Body { get; init; }

    /// <summary>The query's fields as an object's schema; null when there are none.</summary>
    public Func<OpenApiSchema>? Query { get; init; }

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The schema of a JSON answer; null when there is none.</summary>
    public string? Answer { get; init; }

    /// <summary>The schemas of what the events of a streamed answer hold; empty when it is never streamed.</summary>
    public string[] Events { get; init; } = [];

    /// <summary>Statuses of failure.</summary>
    public int[] Failures { get; init; } = [400, 404, 500, 503];
}

/// <summary>Describes routes.</summary>
internal static class ApiOperationExtensions
{
    /// <summary>Attaches a description.</summary>
    public static IEndpointConventionBuilder Describe(this IEndpointConventionBuilder endpoint, ApiOperation operation) => endpoint.WithMetadata(operation);

    /// <summary>A table's schema, made when asked for.</summary>
    public static Func<OpenApiSchema> ToSchema<T>(this FieldTable<T> table) => table.Schema;
}
