using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Foxtrot.Cluster.Tests.Tenants;

public sealed class TenantStorageTests
{
    // Written by the first version. It must be readable for ever; add another constant for each version, never change one.
    private const string FirstVersion =
        "IOgABQEgAC8r99AhAAMh6EAJYWNtZYEAAAAAAAAEQCHoAPEBEIB8gUoBIQFBAQIIIQAFQQNhQANi4IEAAAAAAAD4P+AhAAMh6EApa2V5XzAxMjM0NTY3ODlh"
        + "YmNkZWZBDWxhcHRvcEFBAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhgACUuX1dSd8IgQAAAAAAAAAA4CGAAMB8wtfE4giBAAAAAAAAAADg4OAB"
        + "AyGAANRPU5RI3wiBAAAAAAAAAADg4OAhAAMh6AAdIYAAlLl9XUnfCIEAAAAAAAAAAOAh6EALYWRtaW5BC3JlcV8xQRMxMjcuMC4wLjHgQRVrZXkuY3JlYXRl"
        + "QTNhY21lL2tleV8wMTIzNDU2Nzg5YWJjZGVm4ODg";

    private static TenantDirectoryState Sample => new()
    {
        Version = 1,
        Revision = 1_795_000_000_000,
        Tenants =
        [
            new Tenant
            {
                Id = "acme",
                Weight = 2.5,
                Limits = new TenantLimits
                {
                    RequestsPerMinute = 60,
                    TokensPerMinute = 5_000_000_000,
                    ConcurrentSequences = 8,
                    QueueLength = 16,
                    MaxTokens = 256,
                    Models = ["a", "b"],
                    MaxWaitSeconds = 1.5,
                },
                Keys =
                [
                    new TenantKey
                    {
                        Id = "key_0123456789abcdef",
                        Name = "laptop",
                        Hash = [.. Enumerable.Range(1, 32).Select(i => (byte)i)],
                        Created = new DateTimeOffset(2026, 11, 23, 12, 30, 0, TimeSpan.Zero),
                        Expires = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
                    },
                ],
                FromFile = true,
                Created = new DateTimeOffset(2026, 11, 22, 12, 30, 0, TimeSpan.Zero),
            },
        ],
        Audit =
        [
            new AuditEntry
            {
                Number = 7,
                Time = new DateTimeOffset(2026, 11, 23, 12, 30, 0, TimeSpan.Zero),
                By = new AdminActor("admin", "req_1", "127.0.0.1"),
                Action = "key.create",
                Target = "acme/key_0123456789abcdef",
            },
        ],
    };

    [Fact]
    public void Tenants_stored_by_the_first_version_can_be_read() =>
        Assert.Equivalent(Sample, Serializer().Deserialize<TenantDirectoryState>(Convert.FromBase64String(FirstVersion)), strict: true);

    [Fact]
    public void What_is_stored_is_read_back_whole()
    {
        var serializer = Serializer();
        var stored = serializer.SerializeToArray(Sample);
        Assert.True(FirstVersion == Convert.ToBase64String(stored), Convert.ToBase64String(stored));
        Assert.Equivalent(Sample, serializer.Deserialize<TenantDirectoryState>(stored), strict: true);
    }

    [Fact]
    public void Every_field_of_the_sample_says_something_so_that_none_goes_unpinned()
    {
        object[] parts = [Sample, Sample.Tenants[0], Sample.Tenants[0].Limits, Sample.Tenants[0].Keys[0], Sample.Audit[0], Sample.Audit[0].By];
        foreach (var part in parts)
        {
            Assert.All(part.GetType().GetProperties().Where(p => p.CanWrite), property =>
            {
                var value = property.GetValue(part);
                Assert.NotNull(value);
                Assert.NotEqual(value.GetType().IsValueType ? Activator.CreateInstance(value.GetType()) : null, value);
            });
        }
    }

    [Fact]
    public void The_audit_log_keeps_its_last_thousand_entries_and_goes_on_counting()
    {
        var state = new TenantDirectoryState();
        for (var i = 1; i <= 1005; i++)
        {
            state = state.After(null, "worker.drain", $"w{i}", AdminActor.File, DateTimeOffset.UnixEpoch);
        }

        Assert.Equal((0, 1000, 6, 1005), (state.Revision, state.Audit.Length, state.Audit[0].Number, state.Audit[^1].Number));
    }

    private static Serializer Serializer() => new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();
}
