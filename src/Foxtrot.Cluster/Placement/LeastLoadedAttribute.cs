using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Foxtrot.Cluster.Placement;

/// <summary>Places a grain on the less loaded of two workers drawn at random, counting what this process placed since they last reported.</summary>
/// <remarks>A placement hint (<see cref="IPlacementDirector.PlacementHintKey"/>) to a fit worker is followed. Equal terms favour the local silo.</remarks>
[AttributeUsage(AttributeTargets.Class)]
public sealed class LeastLoadedAttribute : PlacementAttribute
{
    /// <summary>Creates the attribute.</summary>
    public LeastLoadedAttribute()
        : base(new LeastLoadedPlacement())
    {
    }
}

/// <summary>The strategy's identity; it has no parameters.</summary>
[GenerateSerializer, Immutable, Alias("foxtrot.least_loaded")]
internal sealed class LeastLoadedPlacement : PlacementStrategy;

/// <summary>The strategy itself, on whichever silo places.</summary>
internal sealed class LeastLoadedDirector(ClusterLoad load) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        var model = PlacementKey.Of(target.GrainIdentity).Model;
        var silo = IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) ?? Choose(silos, model, context.LocalSilo);
        load.Place(silo, model);
        return Task.FromResult(silo);
    }

    private SiloAddress Choose(SiloAddress[] silos, string model, SiloAddress local)
    {
        if (silos.Length == 1)
        {
            return silos[0];
        }

        var (first, second) = Choice.DrawTwo(silos.Length, Random.Shared.Next);
        return Choice.PrefersSecond(load.LoadOf(silos[first], model), load.LoadOf(silos[second], model), silos[second].Equals(local))
            ? silos[second]
            : silos[first];
    }
}
