using System.Net;
using CsCheck;
using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Cluster.Tests.Placement;

public sealed class ClusterLoadTests
{
    private static readonly SiloAddress A = SiloAddress.New(IPAddress.Loopback, 1, 1);
    private static readonly SiloAddress B = SiloAddress.New(IPAddress.Loopback, 2, 1);
    private static readonly SiloAddress C = SiloAddress.New(IPAddress.Loopback, 3, 1);

    private readonly ClusterLoad _load = new();

    [Fact]
    public void Load_is_what_runs_and_waits_and_was_placed_since_the_report_per_slot()
    {
        Assert.True(_load.Accept(Report(A, FakeLoad.Model("m", running: 3, waiting: 1, slots: 8))));
        Assert.Equal(0.5, _load.LoadOf(A, "m"));
        _load.Place(A, "m");
        _load.Place(A, "m");
        Assert.Equal(0.75, _load.LoadOf(A, "m"));
        Assert.False(_load.Accept(Report(A, FakeLoad.Model("m", running: 6, slots: 8))));
        Assert.Equal(0.75, _load.LoadOf(A, "m"));
        Assert.Equal(double.PositiveInfinity, _load.LoadOf(A, "other"));
        Assert.Equal(double.PositiveInfinity, _load.LoadOf(B, "m"));
    }

    [Fact]
    public void The_catalog_shows_each_model_once_as_its_least_loaded_worker_serves_it()
    {
        _load.Accept(Report(A, FakeLoad.Model("m", running: 5, fingerprint: "aaaaaaaa"), FakeLoad.Model("b")));
        _load.Accept(Report(B, FakeLoad.Model("m", running: 1, fingerprint: "bbbbbbbb")));
        _load.Accept(new LoadReport(C, [FakeLoad.Model("m", fingerprint: "cccccccc"), FakeLoad.Model("c")], Draining: true));
        Assert.Equal(["b", "c", "m"], _load.Models.Select(model => model.Name));
        Assert.True(_load.TryFind("m", out var model));
        Assert.Equal("bbbbbbbb", model.Fingerprint);
        Assert.Equal("b", _load.NameOf(SessionId.HashOf("b")));
        Assert.Null(_load.NameOf("00000000"));
        Assert.False(_load.TryFind("M", out _));
    }

    [Fact]
    public void A_lost_worker_takes_its_models_with_it_but_they_were_seen()
    {
        _load.Accept(Report(A, FakeLoad.Model("m")));
        _load.Forget(A);
        Assert.Empty(_load.Models);
        Assert.False(_load.TryFind("m", out _));
        Assert.True(_load.WasSeen("m"));
        Assert.False(_load.WasSeen("other"));
        Assert.False(_load.Knows(A));
    }

    [Fact]
    public void A_worker_that_stays_is_preferred_to_one_with_the_promised_fingerprint_that_leaves()
    {
        _load.Accept(new LoadReport(A, [FakeLoad.Model("m", fingerprint: "aaaaaaaa")], Draining: true));
        _load.Accept(Report(B, FakeLoad.Model("m", fingerprint: "bbbbbbbb")));
        Assert.Equal([B], _load.Owners(new PlacementKey("m", "aaaaaaaa"), [A, B, C]));
    }

    [Fact]
    public void Owners_have_the_model_and_are_the_best_kind_there_is() =>
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool).Array[1, 6].Sample(silos =>
        {
            var load = new ClusterLoad();
            var addresses = silos.Select((_, i) => SiloAddress.New(IPAddress.Loopback, 10 + i, 1)).ToArray();
            for (var i = 0; i < silos.Length; i++)
            {
                var (has, draining, promised) = silos[i];
                load.Accept(new LoadReport(addresses[i], has ? [FakeLoad.Model("m", fingerprint: promised ? "aaaaaaaa" : "bbbbbbbb")] : [], draining));
            }

            var owners = load.Owners(new PlacementKey("m", "aaaaaaaa"), addresses);
            var fit = Enumerable.Range(0, silos.Length).Where(i => silos[i].Item1).ToList();
            var best = fit.Count == 0 ? 0 : fit.Max(Rank);
            return owners.SequenceEqual(fit.Where(i => Rank(i) == best).Select(i => addresses[i]));

            int Rank(int i) => (silos[i].Item2 ? 0 : 2) + (silos[i].Item3 ? 1 : 0);
        });

    [Theory]
    [InlineData("story")]
    [InlineData("org/name v1.0")]
    public void A_key_says_its_model_and_what_was_promised(string model)
    {
        var promised = new SessionKey(model, "default", SessionId.New(model, "0123456789abcdef"));
        Assert.Equal(new PlacementKey(model, "01234567"), PlacementKey.Of(GrainId.Create("session", promised.ToString())));
        var free = new SessionKey(model, "default", SessionId.New(model, null));
        Assert.Equal(new PlacementKey(model, null), PlacementKey.Of(GrainId.Create("session", free.ToString())));
        Assert.Equal(new PlacementKey(model, null), PlacementKey.Of(GrainId.Create("worker", model)));
    }

    private static LoadReport Report(SiloAddress silo, params ModelLoad[] models) => new(silo, models, Draining: false);
}
