using System.Net;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Security;
using Foxtrot.Gateway.Tests.Fakes;

namespace Foxtrot.Gateway.Tests.Security;

public sealed class AuthenticationTests
{
    private const string Key = "an-admin-key-that-is-long-enough-000";
    private const string Completion = """{"model": "story", "prompt": "Hi"}""";

    private static readonly string[] OpenRoutes = ["GET /openapi/{documentName}.json", "GET /scalar", "GET /scalar/{**", "GET /test/throw"];

    [Fact]
    public async Task Every_route_but_the_description_needs_a_key_before_its_body_is_read()
    {
        await using var gateway = await TestGateway.StartAsync(new() { AdminKey = NewAdminKey() }, tenants: FakeTenants.Of("a"));
        var guarded = gateway.Routes.Where(r => !OpenRoutes.Any(open => r.StartsWith(open, StringComparison.Ordinal))).ToArray();
        Assert.True(guarded.Length > 25, string.Join('\n', gateway.Routes));
        foreach (var route in guarded.Append("GET /v1/none").Append("GET /admin/none").Append("POST /V1/Models"))
        {
            var (method, path) = (route.Split(' ')[0], route.Split(' ')[1].Replace("{**id}", "x", StringComparison.Ordinal).Replace("{id}", FakeSession.Id, StringComparison.Ordinal).Replace("{key}", "key_1", StringComparison.Ordinal));
            var none = await gateway.SendAsync(new HttpMethod(method), path, method is "POST" or "PUT" ? "{not json" : null);
            Assert.Equal((route, HttpStatusCode.Unauthorized, "authentication_error", "missing_api_key"), (route, none.Status, none.Error.GetProperty("type").GetString(), none.Error.GetProperty("code").GetString()));
            Assert.Equal("Bearer", none.Headers.WwwAuthenticate.ToString());
            Assert.True(none.Headers.Contains("x-request-id"));
            var wrong = await gateway.SendAsync(new HttpMethod(method), path, null, ("Authorization", "Bearer wrong-key"));
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), (wrong.Status, wrong.Error.GetProperty("code").GetString()));
            Assert.DoesNotContain("wrong-key", wrong.Body, StringComparison.Ordinal);
        }

        Assert.Empty(gateway.Streams.Opened);
    }

    [Fact]
    public async Task Neither_kind_of_key_opens_what_the_other_does()
    {
        await using var gateway = await TestGateway.StartAsync(new() { AdminKey = NewAdminKey() }, tenants: FakeTenants.Of("a"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.SendAsync(HttpMethod.Get, "/v1/models", null, ("Authorization", "Bearer " + Key))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.SendAsync(HttpMethod.Get, "/admin/v1/workers", null, FakeTenants.Bearer("a"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync(HttpMethod.Get, "/v1/models", null, FakeTenants.Bearer("a"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync(HttpMethod.Get, "/admin/v1/workers", null, ("Authorization", "Bearer " + Key))).Status);
    }

    [Theory]
    [InlineData("Basic a2V5LW9mLWE6")]
    [InlineData("key-of-a")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    public async Task Anything_but_a_bearer_key_counts_as_none(string header)
    {
        await using var gateway = await TestGateway.StartAsync(tenants: FakeTenants.Of("a"));
        var answer = await gateway.SendAsync(HttpMethod.Get, "/v1/models", null, ("Authorization", header));
        Assert.Equal((HttpStatusCode.Unauthorized, "missing_api_key"), (answer.Status, answer.Error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task What_a_request_makes_is_the_tenant_s_whose_key_it_has()
    {
        await using var gateway = await TestGateway.StartAsync(tenants: FakeTenants.Of("a", "b"));
        await gateway.SendAsync(HttpMethod.Post, "/v1/completions", Completion, FakeTenants.Bearer("b"));
        Assert.Equal("b", Assert.Single(gateway.Streams.Opened).Key.Tenant);
        Assert.Equal("b", (await gateway.Usage.NextAsync()).Tenant);
    }

    [Fact]
    public async Task Without_tenants_nobody_needs_a_key_and_with_a_tenants_file_or_an_admin_key_everybody_does()
    {
        await using var open = await TestGateway.StartAsync(tenants: FakeTenants.Of());
        await open.PostAsync("/v1/completions", Completion);
        Assert.Equal(Tenant.Default.Id, Assert.Single(open.Streams.Opened).Key.Tenant);
        Assert.Equal(HttpStatusCode.NotFound, (await open.GetAsync("/admin/v1/tenants")).Status);
        await using var filed = await TestGateway.StartAsync(new() { RequireKeys = true }, tenants: FakeTenants.Of());
        Assert.Equal(HttpStatusCode.Unauthorized, (await filed.PostAsync("/v1/completions", Completion)).Status);
        await using var administered = await TestGateway.StartAsync(new() { AdminKey = NewAdminKey() }, tenants: FakeTenants.Of());
        Assert.Equal(HttpStatusCode.Unauthorized, (await administered.PostAsync("/v1/completions", Completion)).Status);
    }

    [Fact]
    public async Task While_keys_cannot_be_checked_nobody_gets_in_and_everybody_may_try_again()
    {
        var tenants = FakeTenants.Of("a");
        await using var gateway = await TestGateway.StartAsync(tenants: tenants);
        tenants.Doubt = "the tenant directory has not answered yet";
        var answer = await gateway.SendAsync(HttpMethod.Get, "/v1/models", null, FakeTenants.Bearer("a"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (answer.Status, answer.Error.GetProperty("code").GetString()));
        Assert.NotNull(answer.Headers.RetryAfter);
        tenants.Doubt = null;
        Assert.Equal(HttpStatusCode.OK, (await gateway.SendAsync(HttpMethod.Get, "/v1/models", null, FakeTenants.Bearer("a"))).Status);
    }

    [Fact]
    public void An_admin_key_is_long_and_visible_and_no_message_repeats_it()
    {
        Assert.Equal("must have 32 to 1024 characters, but has 31", AdminKey.TryCreate(new string('k', 31), out _));
        Assert.Equal("must have visible ASCII characters alone, but has others", AdminKey.TryCreate(new string('k', 31) + "ü", out _));
        Assert.True(NewAdminKey().Is(Key));
        Assert.False(NewAdminKey().Is(Key + "x"));
        Assert.DoesNotContain(Key, NewAdminKey().ToString(), StringComparison.Ordinal);
    }

    private static AdminKey NewAdminKey() => AdminKey.TryCreate(Key, out var key) is null ? key! : throw new InvalidOperationException();
}
