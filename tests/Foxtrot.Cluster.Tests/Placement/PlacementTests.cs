using Foxtrot.Contracts.Workers;
using Orleans.Runtime.Placement;

namespace Foxtrot.Cluster.Tests.Placement;

public sealed class PlacementTests
{
    [Fact]
    public async Task Sessions_are_placed_only_on_workers_that_have_their_model()
    {
        FakeLoad a = new() { Models = [FakeLoad.Model("left")] };
        FakeLoad b = new() { Models = [FakeLoad.Model("right")] };
        FakeLoad both = new() { Models = [FakeLoad.Model("left"), FakeLoad.Model("right")] };
        await using var cluster = await FakeCluster.StartAsync(gateways: 0, a, b, both);
        for (var i = 0; i < 20; i++)
        {
            Assert.NotEqual(cluster.SiloOf(b).SiloAddress, await Where(cluster, 1, "left"));
            Assert.NotEqual(cluster.SiloOf(a).SiloAddress, await Where(cluster, 0, "right"));
        }
    }

    [Fact]
    public async Task A_burst_of_sessions_spreads_evenly_over_equal_workers()
    {
        FakeLoad a = new() { Models = [FakeLoad.Model("m")] };
        FakeLoad b = new() { Models = [FakeLoad.Model("m")] };
        await using var cluster = await FakeCluster.StartAsync(gateways: 1, a, b);
        var silos = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Where(cluster, 0, "m")));
        Assert.InRange(silos.Count(silo => silo.Equals(cluster.SiloOf(a).SiloAddress)), 28, 32);
    }

    [Fact]
    public async Task A_worker_with_twice_the_slots_gets_twice_the_sessions()
    {
        FakeLoad small = new() { Models = [FakeLoad.Model("m", slots: 4)] };
        FakeLoad large = new() { Models = [FakeLoad.Model("m", slots: 8)] };
        await using var cluster = await FakeCluster.StartAsync(gateways: 1, small, large);
        var silos = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Where(cluster, 0, "m")));
        Assert.InRange(silos.Count(silo => silo.Equals(cluster.SiloOf(large).SiloAddress)), 38, 42);
    }

    [Fact]
    public async Task A_draining_worker_gets_no_session_while_there_is_another()
    {
        FakeLoad leaving = new() { Models = [FakeLoad.Model("m")] };
        FakeLoad staying = new() { Models = [FakeLoad.Model("m", running: 100)] };
        await using var cluster = await FakeCluster.StartAsync(gateways: 1, leaving, staying);
        leaving.Draining = true;
        await cluster.ReportAsync();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(cluster.SiloOf(staying).SiloAddress, await Where(cluster, 0, "m"));
        }

        staying.Draining = true;
        await cluster.ReportAsync();
        Assert.Contains(await Where(cluster, 0, "m"), cluster.Silos.Select(silo => silo.SiloAddress));
    }

    [Fact]
    public async Task A_promised_fingerprint_is_kept_while_a_worker_has_it_and_the_session_lives_on_elsewhere_when_none_has()
    {
        FakeLoad same = new() { Models = [FakeLoad.Model("m", running: 50, fingerprint: "aaaaaaaa11")] };
        FakeLoad other = new() { Models = [FakeLoad.Model("m", fingerprint: "bbbbbbbb11")] };
        await using var cluster = await FakeCluster.StartAsync(gateways: 1, same, other);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(cluster.SiloOf(same).SiloAddress, await Where(cluster, 0, "m", "aaaaaaaa22"));
        }

        Assert.Equal(cluster.SiloOf(other).SiloAddress, await Where(cluster, 0, "m"));
        Assert.NotNull(await Where(cluster, 0, "m", "cccccccc33"));
    }

    [Fact]
    public async Task A_placement_hint_is_followed_to_a_fit_worker_and_to_no_other()
    {
        FakeLoad busy = new() { Models = [FakeLoad.Model("m", running: 100)] };
        FakeLoad idle = new() { Models = [FakeLoad.Model("m")] };
        FakeLoad unfit = new() { Models = [FakeLoad.Model("other")] };
        await using var cluster = await FakeCluster.StartAsync(gateways: 0, busy, idle, unfit);
        RequestContext.Set(IPlacementDirector.PlacementHintKey, cluster.SiloOf(busy).SiloAddress);
        var hinted = await Where(cluster, 1, "m");
        RequestContext.Set(IPlacementDirector.PlacementHintKey, cluster.SiloOf(unfit).SiloAddress);
        var misled = await Where(cluster, 1, "m");
        RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        Assert.Equal(cluster.SiloOf(busy).SiloAddress, hinted);
        Assert.Equal(cluster.SiloOf(idle).SiloAddress, misled);
    }

    [Fact]
    public async Task A_session_moves_on_purpose_to_the_worker_that_it_is_sent_to()
    {
        FakeLoad a = new() { Models = [FakeLoad.Model("m")] };
        FakeLoad b = new() { Models = [FakeLoad.Model("m")] };
        await using var cluster = await FakeCluster.StartAsync(gateways: 1, a, b);
        var probe = cluster.FactoryOf(0).GetGrain<IProbeGrain>(FakeCluster.NewKey("m"));
        var before = await probe.Where();
        var other = cluster.SiloOf(before.Equals(cluster.SiloOf(a).SiloAddress) ? b : a).SiloAddress;
        await probe.MoveTo(other);
        Assert.Equal(other, await probe.Where());
    }

    [Fact]
    public async Task A_worker_that_leaves_in_order_disturbs_no_session_on_another()
    {
        FakeLoad staying = new() { Models = [FakeLoad.Model("m")] };
        FakeLoad leaving = new() { Models = [FakeLoad.Model("other")] };
        await using var cluster = await FakeCluster.StartAsync(gateways: 1, staying, leaving);
        var probes = Enumerable.Range(0, 50).Select(_ => cluster.FactoryOf(0).GetGrain<IProbeGrain>(FakeCluster.NewKey("m"))).ToArray();
        var before = await Task.WhenAll(probes.Select(probe => probe.Who()));
        await cluster.StopAsync(cluster.SiloOf(leaving));
        Assert.Equal(before, await Task.WhenAll(probes.Select(probe => probe.Who())));
    }

    [Fact]
    public async Task Stateless_workers_answer_on_owners_and_locally_where_the_caller_owns_the_model()
    {
        FakeLoad with = new() { Models = [FakeLoad.Model("m")] };
        FakeLoad without = new() { Models = [FakeLoad.Model("other")] };
        await using var cluster = await FakeCluster.StartAsync(gateways: 1, with, without);
        for (var silo = 0; silo < 3; silo++)
        {
            for (var call = 0; call < 5; call++)
            {
                Assert.Equal(cluster.SiloOf(with).SiloAddress, await cluster.FactoryOf(silo).GetGrain<IStatelessProbeGrain>("m").Where());
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_model_that_no_worker_has_is_a_recognisable_exception_in_every_process(bool external)
    {
        await using var cluster = await FakeCluster.StartAsync(gateways: 1, new FakeLoad { Models = [FakeLoad.Model("m")] });
        var grains = external ? cluster.External : cluster.FactoryOf(0);
        var session = await Assert.ThrowsAsync<NoWorkerException>(() => grains.GetGrain<IProbeGrain>(FakeCluster.NewKey("no/such")).Where());
        Assert.Equal("no/such", session.Model);
        Assert.Contains("'no/such'", session.Message, StringComparison.Ordinal);
        var worker = await Assert.ThrowsAsync<NoWorkerException>(() => grains.GetGrain<IStatelessProbeGrain>("none").Where());
        Assert.Equal("none", worker.Model);
        Assert.True(WorkerLoss.IsNoWorker(worker));
        Assert.False(WorkerLoss.IsNoWorker(new ArgumentException("Something else")));
    }

    private static Task<SiloAddress> Where(FakeCluster cluster, int from, string model, string? fingerprint = null) =>
        cluster.FactoryOf(from).GetGrain<IProbeGrain>(FakeCluster.NewKey(model, fingerprint)).Where();
}
