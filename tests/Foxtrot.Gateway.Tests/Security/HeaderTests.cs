using System.Net;
using Foxtrot.Gateway.Tests.Fakes;

namespace Foxtrot.Gateway.Tests.Security;

public sealed class HeaderTests
{
    [Fact]
    public async Task Answers_are_not_guessed_framed_or_followed()
    {
        await using var gateway = await TestGateway.StartAsync();
        foreach (var path in new[] { "/v1/models", "/v1/none", "/v1/sessions/none", "/openapi/v1.json", "/scalar" })
        {
            var headers = (await gateway.GetAsync(path)).Headers;
            Assert.Equal((path, "nosniff"), (path, Assert.Single(headers.GetValues("X-Content-Type-Options"))));
            Assert.Equal("no-referrer", Assert.Single(headers.GetValues("Referrer-Policy")));
            Assert.Contains("frame-ancestors 'none'", Assert.Single(headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_browser_s_page_may_load_and_call_this_server_alone()
    {
        await using var gateway = await TestGateway.StartAsync();
        var policy = Assert.Single((await gateway.GetAsync("/scalar")).Headers.GetValues("Content-Security-Policy"));
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Matches("script-src 'self' 'sha256-[A-Za-z0-9+/]{43}=';", policy);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_elsewhere_may_not_call_the_api_unless_their_origin_is_named()
    {
        await using var closed = await TestGateway.StartAsync();
        var refused = await closed.SendAsync(HttpMethod.Get, "/v1/models", null, ("Origin", "https://example.com"));
        Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
        await using var open = await TestGateway.StartAsync(new() { CorsOrigins = ["https://example.com"] }, tenants: FakeTenants.Of("a"));
        Assert.Equal("https://example.com", await AllowedAsync(open, "/v1/models", "https://example.com"));
        Assert.Null(await AllowedAsync(open, "/v1/models", "https://other.com"));
        Assert.Null(await AllowedAsync(open, "/admin/v1/tenants", "https://example.com"));
        await using var all = await TestGateway.StartAsync(new() { CorsOrigins = ["*"] });
        Assert.Equal("*", await AllowedAsync(all, "/v1/models", "https://other.com"));
    }

    [Fact]
    public async Task A_preflight_request_has_no_key_and_needs_none()
    {
        await using var gateway = await TestGateway.StartAsync(new() { CorsOrigins = ["https://example.com"] }, tenants: FakeTenants.Of("a"));
        var answer = await gateway.SendAsync(
            HttpMethod.Options, "/v1/completions", null,
            ("Origin", "https://example.com"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,content-type"));
        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal("https://example.com", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("authorization", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.Ordinal);
    }

    // Errors are marked too, so that a page can read them.
    private static async Task<string?> AllowedAsync(TestGateway gateway, string path, string origin)
    {
        var answer = await gateway.SendAsync(HttpMethod.Get, path, null, ("Origin", origin));
        return answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? Assert.Single(values) : null;
    }
}
