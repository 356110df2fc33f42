using Foxtrot.Cluster.Placement;
using Microsoft.Extensions.DependencyInjection;

namespace Foxtrot.Cluster.Tests.Placement;

public sealed class LoadReportTests
{
    [Fact(Timeout = 60_000)]
    public async Task Silos_know_each_others_models_as_soon_as_they_have_joined_without_waiting_for_an_interval()
    {
        FakeLoad a = new() { Models = [FakeLoad.Model("a")] };
        FakeLoad b = new() { Models = [FakeLoad.Model("b")] };
        await using var cluster = await FakeCluster.StartWithoutReportsAsync(gateways: 1, a, b);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var silo = 0; silo < 3; silo++)
        {
            // The next interval is an hour away: without word from everybody this ends by the test's time limit.
            while (cluster.CatalogOf(silo).Models.Count < 2)
            {
                await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task A_report_on_request_is_known_everywhere_when_it_returns()
    {
        FakeLoad worker = new() { Models = [FakeLoad.Model("m")] };
        await using var cluster = await FakeCluster.StartAsync(gateways: 2, worker);
        worker.Models = [FakeLoad.Model("m", running: 6, slots: 8)];
        await cluster.ReportAsync();
        for (var silo = 0; silo < 3; silo++)
        {
            Assert.Equal(0.75, cluster.Silos[silo].ServiceProvider.GetRequiredService<ClusterLoad>().LoadOf(cluster.SiloOf(worker).SiloAddress, "m"));
        }
    }

    [Fact]
    public async Task A_worker_that_died_is_forgotten_and_its_sessions_are_placed_elsewhere()
    {
        FakeLoad dying = new() { Models = [FakeLoad.Model("m", fingerprint: "aaaaaaaa"), FakeLoad.Model("only")] };
        FakeLoad other = new() { Models = [FakeLoad.Model("m", fingerprint: "bbbbbbbb")] };
        await using var cluster = await FakeCluster.StartAsync(gateways: 1, dying, other);
        var probe = cluster.FactoryOf(0).GetGrain<IProbeGrain>(FakeCluster.NewKey("m", "aaaaaaaa"));
        Assert.Equal(cluster.SiloOf(dying).SiloAddress, await probe.Where());
        var expected = cluster.SiloOf(other).SiloAddress;
        await cluster.KillAsync(cluster.SiloOf(dying));
        Assert.Equal(expected, await probe.Where());
        Assert.Equal(["m"], cluster.CatalogOf(0).Models.Select(model => model.Name));
    }
}
