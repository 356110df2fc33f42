using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Tenants;

namespace Foxtrot.Gateway.Tests.Tenants;

public sealed class TenantFileTests : IDisposable
{
    private static readonly string Hash = ApiKey.Write(ApiKey.HashOf("a key"));

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Tenants_are_read_with_limits_and_keys()
    {
        var tenant = Assert.Single(Read(
            $$"""
            {"tenants": [{
              "id": "acme", "weight": 2,
              "limits": {"requests_per_minute": 600, "tokens_per_minute": 100000, "concurrent_sequences": 32, "queue_length": 0, "max_tokens": 1024, "models": ["m"], "max_wait_seconds": 10},
              "keys": [{"name": "laptop", "hash": "{{Hash}}", "expires": "2030-01-31T12:00:00Z"}, {"hash": "{{ApiKey.Write(ApiKey.HashOf("another"))}}"}]
            }]}
            """));
        Assert.Equal(("acme", 2.0), (tenant.Id, tenant.Weight));
        Assert.Equivalent(
            new TenantLimits { RequestsPerMinute = 600, TokensPerMinute = 100000, ConcurrentSequences = 32, QueueLength = 0, MaxTokens = 1024, Models = ["m"], MaxWaitSeconds = 10 }, tenant.Limits, strict: true);
        var key = tenant.Keys[0];
        Assert.Equal((ApiKey.IdOf(ApiKey.HashOf("a key")), "laptop", new DateTimeOffset(2030, 1, 31, 12, 0, 0, TimeSpan.Zero)), (key.Id, key.Name, key.Expires));
        Assert.Equal(ApiKey.HashOf("a key"), key.Hash);
        Assert.Null(tenant.Keys[1].Expires);
    }

    [Fact]
    public void A_file_may_have_no_tenants() => Assert.Empty(Read("""{"tenants": []}"""));

    [Theory]
    [InlineData("""{"tenant": []}""", "unknown field tenant; tenants is required, but is missing")]
    [InlineData("[]", "it must be an object, but is an empty array")]
    [InlineData("""{"tenants": [{"id": "a", "weigth": 1}]}""", "unknown field tenants[0].weigth")]
    [InlineData("""{"tenants": [{"id": "A B"}, {"id": "b", "weight": 5000}]}""", "tenants[0].id must be 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit, but is \"A B\"; tenants[1].weight must be a number in [0.01, 1000], but is 5000")]
    [InlineData("""{"tenants": [{"id": "a"}, {"id": "a"}]}""", "tenants[1].id must be given once, but is 'a' again")]
    [InlineData("""{"tenants": [{"id": "a", "limits": {"max_wait_seconds": 0}}]}""", "tenants[0].limits.max_wait_seconds must be a number in [0.01, 3600], but is 0")]
    [InlineData("""{"tenants": [{"id": "a", "keys": [{"name": "x"}]}]}""", "tenants[0].keys[0].hash is required, but is missing")]
    [InlineData("""{"tenants": [{"id": "a", "keys": [{"hash": "fxt_secret"}]}]}""", "tenants[0].keys[0].hash must be sha256: and 64 hex digits, as foxtrot key prints it, but is something else")]
    [InlineData("{", "Expected depth to be zero")]
    public void Everything_wrong_is_named_and_no_key_repeated(string json, string message)
    {
        var error = Assert.Throws<TenantFileException>(() => Read(json)).Message;
        Assert.StartsWith(_path, error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("fxt_secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_tenants_cannot_have_the_same_key() => Assert.Contains(
        "tenants[1].keys[0].hash must be given once, but is the hash of another key again",
        Assert.Throws<TenantFileException>(() => Read($$"""{"tenants": [{"id": "a", "keys": [{"hash": "{{Hash}}"}]}, {"id": "b", "keys": [{"hash": "{{Hash}}"}]}]}""")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        File.Delete(_path);
        Assert.Contains(_path, Assert.Throws<TenantFileException>(() => TenantFile.Read(_path)).Message, StringComparison.Ordinal);
    }

    private Tenant[] Read(string json)
    {
        File.WriteAllText(_path, json);
        return TenantFile.Read(_path);
    }
}
