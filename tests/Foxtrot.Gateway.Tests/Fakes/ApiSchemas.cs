using System.Text.Json.Nodes;
using NJsonSchema;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>The schemas of a gateway's own description, to hold its answers against.</summary>
internal sealed class ApiSchemas
{
    private readonly JsonObject _schemas;
    private readonly Dictionary<string, JsonSchema> _parsed = [];

    private ApiSchemas(JsonObject document)
    {
        Document = document;
        _schemas = document["components"]!["schemas"]!.AsObject();
    }

    public JsonObject Document { get; }

    public static async Task<ApiSchemas> OfAsync(TestGateway gateway)
    {
        var answer = await gateway.GetAsync("/openapi/v1.json");
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.Status);
        return new(JsonNode.Parse(answer.Body)!.AsObject());
    }

    /// <summary>Fails unless JSON matches a named schema.</summary>
    public async Task CheckAsync(string name, string json) => await CheckAsync(name, new JsonObject { ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = "#/definitions/" + name }) }, json);

    /// <summary>Whether JSON matches the body of an operation.</summary>
    public async Task<bool> MatchesBodyAsync(string path, string json)
    {
        var body = Document["paths"]![path]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!.AsObject();
        return (await ParseAsync(path, body)).Validate(json).Count == 0;
    }

    private async Task CheckAsync(string name, JsonObject schema, string json)
    {
        var errors = (await ParseAsync(name, schema)).Validate(json);
        Assert.True(errors.Count == 0, $"{json}\nis not a {name}:\n{string.Join('\n', errors)}");
    }

    private async Task<JsonSchema> ParseAsync(string name, JsonObject schema)
    {
        if (!_parsed.TryGetValue(name, out var parsed))
        {
            var whole = schema.DeepClone().AsObject();
            whole["definitions"] = _schemas.DeepClone();
            parsed = await JsonSchema.FromJsonAsync(whole.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            _parsed.Add(name, parsed);
        }

        return parsed;
    }
}
