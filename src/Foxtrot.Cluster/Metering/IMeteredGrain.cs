using Orleans.Concurrency;

namespace Foxtrot.Cluster.Metering;

/// <summary>A stored session as its tenant's ledger sees it.</summary>
[Alias("foxtrot.IMetered")]
internal interface IMeteredGrain : IGrainWithStringKey
{
    /// <summary>Reports what the session has used, soon; one whose worker died goes on.</summary>
    /// <returns>False when there is no such session.</returns>
    [Alias("Settle"), AlwaysInterleave]
    Task<bool> Settle();
}
