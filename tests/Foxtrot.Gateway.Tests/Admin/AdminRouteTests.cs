using System.Text.Json;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Security;
using Foxtrot.Gateway.Tests.Fakes;

namespace Foxtrot.Gateway.Tests.Admin;

public sealed class AdminRouteTests : IAsyncLifetime
{
    private const string Key = "an-admin-key-that-is-long-enough-000";

    private readonly FakeDirectory _directory = new();
    private readonly FakeTenants _tenants = FakeTenants.Of();
    private TestGateway _gateway = null!;
    private ApiSchemas _schemas = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.Null(AdminKey.TryCreate(Key, out var key));
        _gateway = await TestGateway.StartAsync(new() { AdminKey = key }, tenants: _tenants);
        _gateway.Grains.Add<ITenantDirectoryGrain>(ITenantDirectoryGrain.Key, _directory);
        _schemas = await ApiSchemas.OfAsync(_gateway);
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task A_tenant_is_created_shown_replaced_and_deleted()
    {
        var created = await SendAsync("POST", "/tenants", """{"id": "acme", "weight": 2, "limits": {"requests_per_minute": 60, "models": ["story"], "max_wait_seconds": 1.5}}""", "Tenant", 201);
        Assert.Equal("/admin/v1/tenants/acme", created.Headers.Location?.ToString());
        Assert.Equal((2, 60, "story"), (created.Json.GetProperty("weight").GetInt32(), created.Json.GetProperty("limits").GetProperty("requests_per_minute").GetInt32(), created.Json.GetProperty("limits").GetProperty("models")[0].GetString()));
        Assert.Equal(created.Body, (await SendAsync("GET", "/tenants/acme", null, "Tenant")).Body);
        Assert.Equal("acme", Assert.Single((await SendAsync("GET", "/tenants", null, "TenantList")).Json.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
        var replaced = await SendAsync("PUT", "/tenants/acme", """{"limits": {"max_tokens": 5}}""", "Tenant");
        Assert.Equal((1, JsonValueKind.Null, 5), (replaced.Json.GetProperty("weight").GetInt32(), replaced.Json.GetProperty("limits").GetProperty("requests_per_minute").ValueKind, replaced.Json.GetProperty("limits").GetProperty("max_tokens").GetInt32()));
        await SendAsync("DELETE", "/tenants/acme", null, "TenantDeleted");
        await SendAsync("GET", "/tenants/acme", null, "Error", 404);
        await SendAsync("PUT", "/tenants/acme", "{}", "Error", 404);
        await SendAsync("DELETE", "/tenants/acme", null, "Error", 404);
        Assert.Equal(3, _directory.Log.Count);
        Assert.True(_tenants.CaughtUp >= 3);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_never_again()
    {
        await SendAsync("POST", "/tenants", """{"id": "acme"}""", "Tenant", 201);
        var made = await SendAsync("POST", "/tenants/acme/keys", """{"name": "laptop", "expires": "2100-01-01T00:00:00+01:00"}""", "NewKey", 201);
        Assert.True(made.Headers.CacheControl?.NoStore);
        var (key, id) = (made.Json.GetProperty("key").GetString()!, made.Json.GetProperty("id").GetString()!);
        Assert.Equal(("laptop", "2099-12-31T23:00:00Z"), (made.Json.GetProperty("name").GetString(), made.Json.GetProperty("expires").GetString()));
        Assert.Equal(ApiKey.HashOf(key), Assert.Single(_directory.Tenants[0].Keys).Hash);
        var hash = Convert.ToHexStringLower(ApiKey.HashOf(key));
        foreach (var (path, schema) in new[] { ("/tenants/acme/keys", "KeyList"), ("/tenants/acme", "Tenant"), ("/tenants", "TenantList"), ("/audit", "AuditList") })
        {
            var answer = await SendAsync("GET", path, null, schema);
            Assert.Contains(id, answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(key, answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(hash, answer.Body, StringComparison.OrdinalIgnoreCase);
        }

        await SendAsync("DELETE", $"/tenants/acme/keys/{id}", null, "KeyDeleted");
        Assert.Empty(_directory.Tenants[0].Keys);
    }

    [Theory]
    [InlineData("POST", "/tenants", """{"id": "Acme"}""", "id must be 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit, but is \"Acme\"")]
    [InlineData("POST", "/tenants", """{"weight": 1}""", "id is required, but is missing")]
    [InlineData("POST", "/tenants", """{"id": "a", "keys": []}""", "unknown field keys")]
    [InlineData("POST", "/tenants", """{"id": "a", "weight": 0}""", "weight must be a number in [0.01, 1000], but is 0")]
    [InlineData("POST", "/tenants", """{"id": "a", "limits": {"max_tokens": 0, "rpm": 5}}""", "limits.max_tokens must be an integer, 1 or more, but is 0; unknown field limits.rpm")]
    [InlineData("PUT", "/tenants/a", """{"id": "a"}""", "unknown field id")]
    [InlineData("POST", "/tenants/a/keys", """{"expires": "tomorrow"}""", "expires must be a time such as 2030-01-31T12:00:00Z, but is \"tomorrow\"")]
    [InlineData("POST", "/tenants/a/keys", """{"expires": "2020-01-01T00:00:00Z"}""", "but is 2020-01-01T00:00:00Z")]
    [InlineData("GET", "/audit?limit=0", null, "limit must be an integer in [1, 1000], but is 0")]
    public async Task What_is_wrong_is_named_with_bound_and_value(string method, string path, string? body, string message)
    {
        var answer = await SendAsync(method, path, body, "Error", 400);
        Assert.Contains(message, answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(_directory.Log);
    }

    [Fact]
    public async Task Workers_are_listed_and_drained_and_it_is_noted_who_did_it()
    {
        var worker = Assert.Single((await SendAsync("GET", "/workers", null, "WorkerList")).Json.GetProperty("data").EnumerateArray());
        Assert.Equal((FakeWorkers.Id, false, 3), (worker.GetProperty("id").GetString(), worker.GetProperty("draining").GetBoolean(), worker.GetProperty("models")[0].GetProperty("running").GetInt32()));
        Assert.True((await SendAsync("POST", $"/workers/{FakeWorkers.Id}/drain", null, "Worker")).Json.GetProperty("draining").GetBoolean());
        await SendAsync("POST", "/workers/none/drain", null, "Error", 404);
        var entry = Assert.Single((await SendAsync("GET", "/audit", null, "AuditList")).Json.GetProperty("data").EnumerateArray());
        Assert.Equal(("admin", "worker.drain", FakeWorkers.Id, "127.0.0.1", "req-7"), (
            entry.GetProperty("who").GetString(), entry.GetProperty("action").GetString(), entry.GetProperty("target").GetString(), entry.GetProperty("address").GetString(),
            entry.GetProperty("request_id").GetString()));
    }

    [Fact]
    public void Every_admin_route_is_described()
    {
        var described = _schemas.Document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {p.Key}")).Where(r => r.Contains("/admin", StringComparison.Ordinal));
        Assert.Equal(_gateway.Routes.Where(r => r.Contains("/admin", StringComparison.Ordinal)), described.Order(StringComparer.Ordinal));
        Assert.Equal(["id", "key"], _schemas.Document["paths"]!["/admin/v1/tenants/{id}/keys/{key}"]!["delete"]!["parameters"]!.AsArray().Select(p => (string)p!["name"]!));
    }

    private async Task<Answer> SendAsync(string method, string path, string? body, string schema, int status = 200)
    {
        var answer = await _gateway.SendAsync(new HttpMethod(method), "/admin/v1" + path, body, ("Authorization", "Bearer " + Key), ("x-request-id", "req-7"));
        Assert.True((int)answer.Status == status, $"{method} {path}: {answer.Status} {answer.Body}");
        await _schemas.CheckAsync(schema, answer.Body);
        return answer;
    }
}
