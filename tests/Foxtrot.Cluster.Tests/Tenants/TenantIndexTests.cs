using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tests.Tenants;

public sealed class TenantIndexTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_key_opens_its_own_tenant_and_nothing_else_opens_any()
    {
        string[] keys = [.. Enumerable.Range(0, 200).Select(_ => ApiKey.New())];
        var index = new TenantIndex(new TenantSet(1, [.. keys.Chunk(2).Select((pair, i) => new Tenant { Id = $"t{i}", Keys = [.. pair.Select(k => Stored(k, null))] })]));
        for (var i = 0; i < keys.Length; i++)
        {
            Assert.Equal($"t{i / 2}", index.Authenticate(keys[i], Now)?.Id);
        }

        Assert.All(["", " ", keys[0] + " ", keys[0][..^1], keys[0].ToUpperInvariant(), ApiKey.New(), new string('x', 10_000), ApiKey.Write(ApiKey.HashOf(keys[0]))], text => Assert.Null(index.Authenticate(text, Now)));
    }

    [Fact]
    public void A_key_is_refused_from_the_moment_on_that_it_expires()
    {
        var key = ApiKey.New();
        var index = new TenantIndex(new TenantSet(1, [new Tenant { Id = "t", Keys = [Stored(key, Now)] }]));
        Assert.NotNull(index.Authenticate(key, Now.AddTicks(-1)));
        Assert.Null(index.Authenticate(key, Now));
    }

    [Fact]
    public void Nobody_is_known_before_there_are_tenants()
    {
        Assert.True(TenantIndex.Empty.IsEmpty);
        Assert.Null(TenantIndex.Empty.Authenticate(ApiKey.New(), Now));
        Assert.Null(TenantIndex.Empty.Find("default"));
    }

    [Fact]
    public void Keys_are_256_random_bits_and_their_ids_do_not_show_them()
    {
        string[] keys = [.. Enumerable.Range(0, 1000).Select(_ => ApiKey.New())];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Matches("^fxt_[A-Za-z0-9_-]{43}$", key));
        var hash = ApiKey.HashOf(keys[0]);
        Assert.Matches("^key_[0-9a-f]{16}$", ApiKey.IdOf(hash));
        Assert.DoesNotContain(ApiKey.IdOf(hash)["key_".Length..], Convert.ToHexStringLower(hash), StringComparison.Ordinal);
    }

    private static TenantKey Stored(string key, DateTimeOffset? expires) => ApiKey.ToStored(ApiKey.HashOf(key), "", expires);
}
