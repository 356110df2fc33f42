using Foxtrot.Cluster.Hosting;
using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Tests.Placement;
using Foxtrot.Contracts.Workers;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Foxtrot.Cluster.Tests.Hosting;

public sealed class RedisTests(Garnet garnet) : IClassFixture<Garnet>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ClusterOptions Patient => new()
    {
        ClusterId = "test-" + Guid.NewGuid().ToString("N"),
        ProbeTimeout = TimeSpan.FromSeconds(2),
        MaxProbeTimeout = TimeSpan.FromSeconds(3),
    };

    [Fact]
    public async Task The_keys_that_an_orchestrator_sets_make_a_worker_and_a_gateway_one_cluster_with_binary_storage()
    {
        var id = "test-" + Guid.NewGuid().ToString("N");
        Dictionary<string, string?> keys = new()
        {
            ["Orleans:Clustering:ProviderType"] = "Redis",
            ["Orleans:Clustering:ServiceKey"] = "store",
            ["Orleans:GrainStorage:sessions:ProviderType"] = "Redis",
            ["Orleans:GrainStorage:sessions:ServiceKey"] = "store",
            ["Orleans:ClusterId"] = id,
            ["Orleans:ServiceId"] = id,
            ["Orleans:EnableDistributedTracing"] = "true",
            ["ConnectionStrings:store"] = garnet.ConnectionString,
        };
        var options = Patient with { ClusterId = "not-this" };
        var worker = await Silo.StartAsync(options, configuration: keys);
        var gateway = await Silo.StartAsync(options, new FakeLoad(), keys);
        await gateway.Services.GetRequiredService<ClusterReadiness>().WaitAsync(Cancellation);
        Assert.True(gateway.Services.GetRequiredService<IModelCatalog>().TryFind("m", out _));
        await gateway.Grains().GetGrain<INoteGrain>("a").Write(new Note { Text = "stored" });
        Assert.True(await gateway.Grains().GetGrain<INoteGrain>("a").WriteStale(new Note()));
        Assert.Equal("stored!", (await gateway.Grains().GetGrain<INoteGrain>("a").Read())!.Text);
        var stored = await StoredAsync(id);
        Assert.Single(stored);
        Assert.NotEqual((byte)'{', stored[0][0]);
        await gateway.Grains().GetGrain<INoteGrain>("a").Forget();
        Assert.Empty(await StoredAsync(id));
        await gateway.EndAsync();
        await worker.EndAsync();
    }

    [Fact]
    public async Task Whoever_sees_a_worker_ready_can_use_it_through_every_gateway()
    {
        var options = Patient with { Redis = garnet.ConnectionString };
        var gateway = await Silo.StartAsync(options, new FakeLoad());
        var waiting = gateway.Services.GetRequiredService<ClusterReadiness>();
        Assert.False(waiting.IsReady);
        Assert.NotNull(waiting.Missing);
        var worker = await Silo.StartAsync(options);
        await worker.Services.GetRequiredService<ClusterReadiness>().WaitAsync(Cancellation);
        Assert.NotNull(await gateway.Grains().GetGrain<IStatelessProbeGrain>("m").Where());
        await waiting.WaitAsync(Cancellation);
        Assert.Null(waiting.Missing);
        await worker.EndAsync();
        await gateway.EndAsync();
    }

    [Fact]
    public async Task A_cluster_that_lost_its_last_worker_says_so_to_new_and_to_old_callers()
    {
        var options = Patient with { Redis = garnet.ConnectionString };
        var gateway = await Silo.StartAsync(options, new FakeLoad());
        var worker = await Silo.StartAsync(options);
        await gateway.Services.GetRequiredService<ClusterReadiness>().WaitAsync(Cancellation);
        var session = gateway.Grains().GetGrain<IProbeGrain>(FakeCluster.NewKey("m"));
        Assert.NotNull(await session.Where());
        await worker.EndAsync();
        var catalog = gateway.Services.GetRequiredService<IModelCatalog>();
        Assert.True(catalog.WasSeen("m"));
        Assert.Empty(catalog.Models);
        var known = await Assert.ThrowsAnyAsync<Exception>(session.Where);
        Assert.True(WorkerLoss.IsNoWorker(known), known.ToString());
        var unknown = await Assert.ThrowsAnyAsync<Exception>(() => gateway.Grains().GetGrain<IStatelessProbeGrain>("m").Where());
        Assert.True(WorkerLoss.IsNoWorker(unknown), unknown.ToString());
        var successor = await Silo.StartAsync(options);
        await successor.Services.GetRequiredService<ClusterReadiness>().WaitAsync(Cancellation);
        Assert.NotNull(await session.Where());
        await successor.EndAsync();
        await gateway.EndAsync();
    }

    [Fact]
    public async Task A_redis_that_cannot_be_reached_is_a_clear_error_without_its_password()
    {
        var options = Patient with { Redis = "127.0.0.1:1,password=secret,connectRetry=0,connectTimeout=200" };
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => Silo.StartAsync(options));
        Assert.Contains("127.0.0.1:1", exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lets scripts of several clients run into each other", "--lua")]
    [InlineData("runs no scripts")]
    public async Task A_garnet_that_could_split_the_cluster_is_refused_with_what_to_do(string fault, params string[] scripts)
    {
        await using var careless = new Garnet(scripts);
        await careless.InitializeAsync();
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => Silo.StartAsync(Patient with { Redis = careless.ConnectionString }));
        var message = exception.GetBaseException().Message;
        Assert.StartsWith("Redis ('redis', at 127.0.0.1:", message, StringComparison.Ordinal);
        Assert.Contains($") {fault}", message, StringComparison.Ordinal);
        Assert.Contains("start Garnet with --lua --lua-transaction-mode", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_yet_has_no_fault()
    {
        var options = ConfigurationOptions.Parse("127.0.0.1:1,abortConnect=false,connectRetry=0,connectTimeout=100");
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
        Assert.Null(RedisScripts.FindFault(redis, options));
    }

    private async Task<byte[][]> StoredAsync(string serviceId)
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync(garnet.ConnectionString);
        var keys = redis.GetServers()[0].Keys(pattern: $"{serviceId}/state/*").ToArray();
        return [.. keys.Select(key => (byte[])redis.GetDatabase().HashGet(key, "data")!)];
    }
}
