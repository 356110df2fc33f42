using System.Diagnostics;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tests.Tenants;

public sealed class TenantDirectoryTests
{
    private static readonly AdminActor Admin = new("admin", "req_1", "10.0.0.1");

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_key_that_is_made_and_one_that_is_revoked_hold_everywhere_within_a_second()
    {
        await using var cluster = await TenantCluster.StartAsync(workers: 2);
        Assert.All(cluster.Catalogs, catalog => Assert.True(catalog.IsEmpty));
        await cluster.Directory.Create(new Tenant { Id = "acme" }, Admin);
        for (var i = 0; i < 5; i++)
        {
            var key = ApiKey.New();
            var stored = ApiKey.ToStored(ApiKey.HashOf(key), "", null);
            await cluster.Directory.AddKey("acme", stored, Admin);
            await HoldsWithinAsync(Second, cluster, catalog => catalog.Authenticate(key)?.Id == "acme");
            await cluster.Directory.RevokeKey("acme", stored.Id, Admin);
            await HoldsWithinAsync(Second, cluster, catalog => catalog.Authenticate(key) is null);
        }

        await cluster.Directory.Replace(new Tenant { Id = "acme", Weight = 3 }, Admin);
        await HoldsWithinAsync(Second, cluster, catalog => catalog.Find("acme")?.Weight == 3);
    }

    [Fact]
    public async Task Tenants_and_the_audit_log_survive_the_worker_that_the_directory_lives_on()
    {
        await using var cluster = await TenantCluster.StartAsync(workers: 2);
        var key = ApiKey.New();
        await cluster.Directory.Create(new Tenant { Id = "acme", Weight = 2 }, Admin);
        await cluster.Directory.AddKey("acme", ApiKey.ToStored(ApiKey.HashOf(key), "laptop", null), Admin);
        await cluster.Directory.Note("worker.drain", "w", Admin);
        await HoldsWithinAsync(Second, cluster, catalog => catalog.Authenticate(key) is not null);
        await cluster.KillDirectoryAsync();
        Assert.All(cluster.Catalogs, catalog => Assert.Equal("acme", catalog.Authenticate(key)?.Id));
        await HoldsWithinAsync(TimeSpan.FromSeconds(30), cluster, catalog => catalog.Doubt is null);
        await cluster.Directory.Delete("acme", Admin);
        await HoldsWithinAsync(Second, cluster, catalog => catalog.IsEmpty);
        var audit = await cluster.Directory.Audit(long.MaxValue, 10);
        Assert.Equal(["tenant.delete acme", "worker.drain w", $"key.create acme/{ApiKey.IdOf(ApiKey.HashOf(key))}", "tenant.create acme"], audit.Entries.Select(e => $"{e.Action} {e.Target}"));
        Assert.All(audit.Entries, entry => Assert.Equal(Admin, entry.By));
        var page = await cluster.Directory.Audit(audit.Entries[0].Number, 2);
        Assert.Equal(["worker.drain", "key.create"], page.Entries.Select(e => e.Action));
        Assert.True(page.More);
    }

    [Fact]
    public async Task A_change_that_the_store_refuses_is_not_in_force_and_can_be_made_again()
    {
        await using var cluster = await TenantCluster.StartAsync(workers: 1);
        await cluster.Directory.Create(new Tenant { Id = "first" }, Admin);
        cluster.Storage.RefuseWrites(1);
        await Assert.ThrowsAnyAsync<Exception>(() => cluster.Directory.Create(new Tenant { Id = "second" }, Admin));
        Assert.Equal(["first"], (await cluster.Directory.Changes(-1))!.Tenants.Select(t => t.Id));
        Assert.Null((await cluster.Directory.Create(new Tenant { Id = "second" }, Admin)).Refusal);
        Assert.Equal(["first", "second"], (await cluster.Directory.Changes(-1))!.Tenants.Select(t => t.Id));
    }

    private static async Task HoldsWithinAsync(TimeSpan limit, TenantCluster cluster, Func<TenantCatalog, bool> condition)
    {
        var start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!cluster.Catalogs.All(condition))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < limit, $"not in force everywhere within {limit.TotalSeconds} s");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"in force everywhere after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
    }
}
