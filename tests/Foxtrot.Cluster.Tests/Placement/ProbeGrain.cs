using Foxtrot.Cluster.Placement;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Foxtrot.Cluster.Tests.Placement;

[Alias("foxtrot.tests.IProbe")]
public interface IProbeGrain : IGrainWithStringKey
{
    [Alias("Where")]
    Task<SiloAddress> Where();

    /// <summary>Which activation answers.</summary>
    [Alias("Who")]
    Task<string> Who();

    [Alias("Move")]
    Task MoveTo(SiloAddress silo);
}

/// <summary>Placed as sessions are.</summary>
[OwnsModel, LeastLoaded, Immovable]
internal sealed class ProbeGrain(ILocalSiloDetails silo, FakeLoad load) : Grain, IProbeGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        load.Begin(PlacementKey.Of(this.GetGrainId()).Model);
        return Task.CompletedTask;
    }

    public Task<SiloAddress> Where() => Task.FromResult(silo.SiloAddress);

    public Task<string> Who() => Task.FromResult(GrainContext.ActivationId.ToString());

    public Task MoveTo(SiloAddress silo)
    {
        RequestContext.Set(Orleans.Runtime.Placement.IPlacementDirector.PlacementHintKey, silo);
        this.MigrateOnIdle();
        return Task.CompletedTask;
    }
}

[Alias("foxtrot.tests.IStatelessProbe")]
public interface IStatelessProbeGrain : IGrainWithStringKey
{
    [Alias("Where"), AlwaysInterleave]
    Task<SiloAddress> Where();
}

/// <summary>Placed as workers are.</summary>
[OwnsModel, StatelessWorker(1, false)]
internal sealed class StatelessProbeGrain(ILocalSiloDetails silo) : Grain, IStatelessProbeGrain
{
    public Task<SiloAddress> Where() => Task.FromResult(silo.SiloAddress);
}
