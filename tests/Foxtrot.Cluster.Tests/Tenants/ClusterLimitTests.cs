using System.Diagnostics;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Cluster.Tests.Sessions;
using Foxtrot.Cluster.Tests.Workers;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Model;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Foxtrot.Cluster.Tests.Tenants;

public sealed class ClusterLimitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SessionRequest Story(int tokens, long reserved = 0) => new()
    {
        Prompt = new Prompt { Text = "Once upon a time" },
        Seed = 5,
        MaxTokens = tokens,
        IgnoreEndTokens = true,
        Reserved = reserved,
    };

    [Fact]
    public async Task All_processes_together_get_what_the_limit_says()
    {
        var tenants = new ChangingCatalog(new() { RequestsPerMinute = 30 });
        await using var cluster = await ModelCluster.StartAsync(workers: 2, tenants: tenants);
        var admitted = 0;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Quotas(cluster).Select(async quotas =>
        {
            while (await quotas.TakeAsync(tenants.Tenant, 1, 0, Cancellation) is null)
            {
                Interlocked.Increment(ref admitted);
            }
        }));

        // What was refilled meanwhile comes on top; what processes hold on leases is missing.
        Assert.InRange(admitted, 24, 30 + Math.Ceiling(Stopwatch.GetElapsedTime(start).TotalMinutes * 30));
    }

    [Fact]
    public async Task A_killed_quota_comes_back_with_the_level_that_it_had()
    {
        var tenants = new ChangingCatalog(new() { RequestsPerMinute = 40 });
        await using var cluster = await ModelCluster.StartAsync(workers: 2, tenants: tenants);
        var quotas = Quotas(cluster)[0];
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 40; i++)
        {
            Assert.Null(await quotas.TakeAsync(tenants.Tenant, 1, 0, Cancellation));
        }

        await cluster.KillAsync(await cluster.WorkerOfQuotaAsync("default"));
        var after = 0;
        Refusal? refusal;
        while ((refusal = await quotas.TakeAsync(tenants.Tenant, 1, 0, Cancellation)) is null)
        {
            after++;
        }

        // No more than what was refilled meanwhile; a second full bucket would be forty.
        Assert.InRange(after, 0, Math.Ceiling(Stopwatch.GetElapsedTime(start).TotalMinutes * 40));
        Assert.Contains(refusal.Kind, new[] { RefusalKind.QueueFull, RefusalKind.Unavailable });
    }

    [Fact]
    public async Task A_request_waits_for_a_killed_quota_to_come_back()
    {
        var tenants = new ChangingCatalog(new() { TokensPerMinute = 1_000_000 });
        await using var cluster = await ModelCluster.StartAsync(workers: 2, tenants: tenants);
        var quotas = Quotas(cluster)[0];
        Assert.Null(await quotas.TakeAsync(tenants.Tenant, 1, 100, Cancellation));
        await cluster.KillAsync(await cluster.WorkerOfQuotaAsync("default"));
        Assert.Null(await quotas.TakeAsync(tenants.Tenant, 1, 500_000, Cancellation));
    }

    [Fact]
    public async Task A_changed_limit_applies_to_the_next_request()
    {
        var tenants = new ChangingCatalog(new() { RequestsPerMinute = 1 });
        await using var cluster = await ModelCluster.StartAsync(workers: 1, tenants: tenants);
        var quotas = Quotas(cluster)[0];
        Assert.Null(await quotas.TakeAsync(tenants.Tenant, 1, 0, Cancellation));
        tenants.Change(TenantLimits.None);
        Assert.Null(await quotas.TakeAsync(tenants.Tenant, 1, 0, Cancellation));
    }

    [Fact]
    public async Task Sequences_beyond_the_limit_are_refused_on_whatever_worker_and_admitted_when_one_has_ended()
    {
        var tenants = new ChangingCatalog(new() { ConcurrentSequences = 2 });
        await using var cluster = await ModelCluster.StartAsync(workers: 2, slots: 32, tenants: tenants);
        foreach (var worker in cluster.Workers)
        {
            Assert.True(worker.ServiceProvider.GetRequiredService<WorkerRuntime>().TryFind(BundledModel.Name, out var model));
            Crowd.On(model, "others");
        }

        var (first, second) = (cluster.NewKey(), cluster.NewKey());
        Assert.Null((await cluster.Session(first).Create(Story(480))).Refusal);
        var reader = cluster.Streams.Run(second, Story(480));
        Assert.Null(await reader.StartAsync(Cancellation));
        for (var i = 0; i < 4; i++)
        {
            var refusal = (await cluster.Session(cluster.NewKey()).Create(Story(5))).Refusal;
            Assert.Equal((RefusalKind.QueueFull, "concurrency_limit_exceeded", 1), (refusal!.Kind, refusal.Code, refusal.RetryAfterSeconds));
        }

        await reader.DisposeAsync();
        await cluster.Session(first).Cancel();
        Refusal? after;
        do
        {
            // A refusal is good for a moment, also for those who come right after a permit was given back on another worker.
            after = (await cluster.Session(cluster.NewKey()).Create(Story(5))).Refusal;
        }
        while (after is { Code: "concurrency_limit_exceeded" } && !Cancellation.IsCancellationRequested);
        Assert.Null(after);
        do
        {
            after = (await cluster.Session(first).Extend(new ContinueRequest { MaxTokens = 5 })).Refusal;
        }
        while (after is { Code: "concurrency_limit_exceeded" } && !Cancellation.IsCancellationRequested);
        Assert.Null(after);
    }

    // Others share every step, so that nothing ends while a test looks, however fast the machine is.
    [Fact]
    public async Task Sequences_that_lost_their_worker_go_on_although_the_tenant_is_at_its_limit()
    {
        var tenants = new ChangingCatalog(new() { ConcurrentSequences = 1 });
        await using var cluster = await ModelCluster.StartAsync(workers: 2, tenants: tenants);
        var key = cluster.NewKey();
        Assert.Null((await cluster.Session(key).Create(Story(300))).Refusal);
        var killed = false;
        var reading = await Reading.AllAsync(cluster.Streams.Tail(key, 0), async index =>
        {
            if (index == 20 && !killed)
            {
                killed = true;
                await cluster.KillAsync(await cluster.WorkerOfAsync("session", key));
            }
        });
        Assert.Equal(300, reading.Tokens.Length);
    }

    [Fact]
    public async Task A_session_settles_what_was_reserved_for_it_when_its_turn_ends()
    {
        var tenants = new ChangingCatalog(new() { TokensPerMinute = 100_000 });
        await using var cluster = await ModelCluster.StartAsync(workers: 1, tenants: tenants);
        var gateway = Quotas(cluster)[0];
        Assert.Null(await gateway.TakeAsync(tenants.Tenant, 1, 90_000, Cancellation));
        Assert.NotNull(await gateway.TakeAsync(tenants.Tenant, 1, 80_000, Cancellation));
        var key = cluster.NewKey();
        Assert.Null((await cluster.Session(key).Create(Story(10, reserved: 90_000))).Refusal);
        await Reading.AllAsync(cluster.Streams.Tail(key, 0));
        await cluster.Session(key).Cancel();
        Refusal? refusal;
        do
        {
            // The worker gives back in the background.
            refusal = await gateway.TakeAsync(tenants.Tenant, 1, 80_000, Cancellation);
        }
        while (refusal is not null && !Cancellation.IsCancellationRequested);
        Assert.Null(refusal);
    }

    [Fact]
    public async Task Tenants_without_limits_call_nobody()
    {
        var tenants = new ChangingCatalog(TenantLimits.None);
        await using var cluster = await ModelCluster.StartAsync(workers: 1, tenants: tenants);
        Assert.Null(await Quotas(cluster)[0].TakeAsync(tenants.Tenant, 1, 1_000_000, Cancellation));
        await Reading.AllAsync(cluster.Streams.Run(cluster.NewKey(), Story(5)));
        Assert.Null(await cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(cluster.Grains.GetGrain<IQuotaGrain>("default"), Cancellation));
    }

    private static TenantQuotas[] Quotas(ModelCluster cluster) =>
        [.. new[] { cluster.Gateway }.Concat(cluster.Workers).Select(QuotasOf)];

    private static TenantQuotas QuotasOf(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<TenantQuotas>();
}
