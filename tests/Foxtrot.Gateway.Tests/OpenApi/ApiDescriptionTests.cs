using System.Text.RegularExpressions;
using Foxtrot.Gateway.Tests.Fakes;

namespace Foxtrot.Gateway.Tests.OpenApi;

public sealed partial class ApiDescriptionTests
{
    [Fact]
    public async Task Every_route_is_described_with_its_answers()
    {
        await using var gateway = await TestGateway.StartAsync();
        var schemas = await ApiSchemas.OfAsync(gateway);
        var operations = schemas.Document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(o => $"{o.Key} {path.Key}")).Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                "delete /v1/sessions/{id}", "get /v1/models", "get /v1/models/{id}", "get /v1/sessions", "get /v1/sessions/{id}", "get /v1/sessions/{id}/explain",
                "get /v1/sessions/{id}/stream", "get /v1/usage", "post /v1/chat/completions", "post /v1/completions", "post /v1/sessions", "post /v1/sessions/{id}/cancel",
                "post /v1/sessions/{id}/continue", "post /v1/sessions/{id}/fork", "post /v1/sessions/{id}/resample", "post /v1/sessions/{id}/rewind", "post /v1/verify",
            ],
            operations);
        foreach (var reference in References().Matches(schemas.Document.ToJsonString()).Select(m => m.Groups[1].Value).Distinct())
        {
            Assert.NotNull(schemas.Document["components"]!["schemas"]![reference]);
        }
    }

    [Fact]
    public async Task The_browser_loads_nothing_from_elsewhere()
    {
        await using var gateway = await TestGateway.StartAsync();
        var page = await gateway.GetAsync("/scalar");
        Assert.Equal(System.Net.HttpStatusCode.OK, page.Status);
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page.Body);
        Assert.DoesNotMatch("import .* from ['\"]https?:", page.Body);
        foreach (var script in Scripts().Matches(page.Body).Select(m => m.Groups[1].Value))
        {
            var loaded = await gateway.GetAsync(new Uri(new Uri(gateway.Address, "/scalar/"), script).PathAndQuery);
            Assert.Equal(System.Net.HttpStatusCode.OK, loaded.Status);
        }
    }

    [GeneratedRegex("\"#/components/schemas/([^\"]+)\"")]
    private static partial Regex References();

    [GeneratedRegex("src=\"([^\"]+)\"")]
    private static partial Regex Scripts();
}
