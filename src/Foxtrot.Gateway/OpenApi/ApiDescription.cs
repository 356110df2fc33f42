using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Foxtrot.Gateway.OpenApi;

/// <summary>Makes the API's description from the routes themselves and the tables that read their requests.</summary>
internal static partial class ApiDescription
{
    /// <summary>Where it is.</summary>
    public const string Path = "/openapi/{documentName}.json";

    private const int Unauthenticated = 401;

    /// <summary>Replaces whatever was found out about routes by what they say of themselves.</summary>
    public static Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = "Foxtrot",
            Version = "v1",
            Description = "Text generation that can be reproduced: the same seed gives the same text, bit for bit. 64-bit seeds in answers are decimal strings.",
        };
        document.Components = new();
        document.AddComponent("key", new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key, or below /admin the admin key. A server without tenants needs none.",
        });
        document.Security = [new() { [new OpenApiSecuritySchemeReference("key", document)] = [] }];
        document.Paths = [];
        document.Tags = null;
        AnswerSchemas.AddTo(document);
        foreach (var endpoint in context.ApplicationServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<ApiOperation>() is { } operation)
            {
                Add(document, endpoint, operation);
            }
        }

        return Task.CompletedTask;
    }

    private static void Add(OpenApiDocument document, RouteEndpoint endpoint, ApiOperation operation)
    {
        var path = endpoint.RoutePattern.RawText!.Replace("**", "", StringComparison.Ordinal);
        if (!document.Paths.TryGetValue(path, out var item))
        {
            item = new OpenApiPathItem { Operations = [] };
            document.Paths.Add(path, item);
        }

        var method = new HttpMethod(endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0]);
        item.Operations!.Add(method, new OpenApiOperation
        {
            OperationId = operation.Id,
            Summary = operation.Summary,
            Parameters = [.. PathParameters(path), .. QueryParameters(operation)],
            RequestBody = operation.Body is null ? null : new OpenApiRequestBody { Required = true, Content = Content("application/json", operation.Body()) },
            Responses = Responses(document, operation),
        });
    }

    private static OpenApiResponses Responses(OpenApiDocument document, ApiOperation operation)
    {
        var success = new OpenApiResponse { Description = "Success.", Content = new Dictionary<string, OpenApiMediaType>() };
        if (operation.Answer is { } answer)
        {
            success.Content.Add("application/json", new() { Schema = new OpenApiSchemaReference(answer, document) });
        }

        if (operation.Events is { Length: > 0 } events)
        {
            var either = new OpenApiSchema { AnyOf = [.. events.Select(e => new OpenApiSchemaReference(e, document))], Description = "The data of one event; the whole is a stream of server-sent events." };
            success.Content.Add("text/event-stream", new() { Schema = either });
        }

        var responses = new OpenApiResponses { [Name(operation.Status)] = success };
        foreach (var status in operation.Failures.Append(Unauthenticated).Order())
        {
            responses[Name(status)] = new OpenApiResponse { Description = Meaning(status), Content = Content("application/json", new OpenApiSchemaReference("Error", document)) };
        }

        return responses;
    }

    private static IEnumerable<OpenApiParameter> PathParameters(string path) =>
        Parameter().Matches(path).Select(match => new OpenApiParameter { Name = match.Groups[1].Value, In = ParameterLocation.Path, Required = true, Schema = Json.Text });

    private static IEnumerable<OpenApiParameter> QueryParameters(ApiOperation operation)
    {
        if (operation.Query?.Invoke() is not { Properties: { } properties } query)
        {
            yield break;
        }

        foreach (var (name, schema) in properties)
        {
            yield return new() { Name = name, In = ParameterLocation.Query, Required = query.Required!.Contains(name), Description = schema.Description, Schema = schema };
        }
    }

    private static Dictionary<string, OpenApiMediaType> Content(string type, IOpenApiSchema schema) => new() { [type] = new() { Schema = schema } };

    private static string Name(int status) => status.ToString(CultureInfo.InvariantCulture);

    private static string Meaning(int status) => status switch
    {
        400 => "The request is wrong; the message names every field at fault.",
        401 => "The key is missing, unknown, revoked or expired.",
        403 => "The tenant may not use the model.",
        404 => "There is none of that name.",
        409 => "The session's state does not allow it now.",
        413 => "The body is too large.",
        429 => "The queue is full, or a limit of the tenant is reached; Retry-After says when to try again.",
        503 => "No worker has the model at the moment; Retry-After says when to try again.",
        _ => "A bug.",
    };

    [GeneratedRegex("{([a-z]+)}")]
    private static partial Regex Parameter();
}
