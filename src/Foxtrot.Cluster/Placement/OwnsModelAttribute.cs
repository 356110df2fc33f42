using Foxtrot.Contracts.Workers;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Foxtrot.Cluster.Placement;

/// <summary>
/// Places a grain only on silos that have the model in its key, as their load reports say. Preferably on one that is not draining,
/// then on one with the fingerprint that the session's name promises.
/// </summary>
/// <remarks>A call that cannot be placed fails with a <see cref="NoWorkerException"/>.</remarks>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OwnsModelAttribute : PlacementFilterAttribute
{
    /// <summary>Creates the attribute.</summary>
    public OwnsModelAttribute()
        : base(new OwnsModelFilter())
    {
    }
}

/// <summary>The filter's identity; it has no parameters.</summary>
internal sealed class OwnsModelFilter : PlacementFilterStrategy
{
    public OwnsModelFilter()
        : base(order: 0)
    {
    }
}

/// <summary>The filter itself, on whichever silo places.</summary>
internal sealed class OwnsModelFilterDirector(ClusterLoad load) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var key = PlacementKey.Of(target.GrainIdentity);
        var owners = load.Owners(key, silos);
        return owners.Length > 0 ? owners : throw NoWorkerException.For(key.Model);
    }
}
