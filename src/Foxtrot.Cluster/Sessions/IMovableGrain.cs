using Orleans.Concurrency;

namespace Foxtrot.Cluster.Sessions;

/// <summary>A session that can leave its worker while it generates.</summary>
[Alias("foxtrot.IMovable")]
public interface IMovableGrain : IGrainWithStringKey
{
    /// <summary>Saves what there is to save, tells readers to attach again, and leaves this silo.</summary>
    [Alias("Leave"), AlwaysInterleave]
    Task Leave();
}
