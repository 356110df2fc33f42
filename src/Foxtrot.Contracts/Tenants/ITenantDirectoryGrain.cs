using Orleans.Concurrency;

namespace Foxtrot.Contracts.Tenants;

/// <summary>All tenants with their key hashes, and what administrators did: one for the cluster, durable. Its key is <see cref="Key"/>.</summary>
/// <remarks>
/// No request waits for it: every process follows <see cref="Changes"/> and decides by what it knows. A change and its entry in the
/// audit log are stored together, before the call returns.
/// </remarks>
[Alias("foxtrot.ITenantDirectory")]
public interface ITenantDirectoryGrain : IGrainWithStringKey
{
    /// <summary>The key of the one directory.</summary>
    const string Key = "tenants";

    /// <summary>The tenants as they are stored.</summary>
    /// <param name="revision">What the caller knows; 0 knows nothing.</param>
    /// <returns>Null when that is what is stored.</returns>
    [Alias("Changes"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<TenantSet?> Changes(long revision);

    /// <summary>Adds a tenant without keys.</summary>
    /// <returns>The tenant, or a refusal: conflict when there is one with its id.</returns>
    [Alias("Create")]
    Task<Outcome<Tenant>> Create(Tenant tenant, AdminActor by);

    /// <summary>Gives a tenant the weight and the limits of another record; its keys stay.</summary>
    /// <returns>The tenant, or a refusal: not found, conflict when it comes from a file.</returns>
    [Alias("Replace")]
    Task<Outcome<Tenant>> Replace(Tenant tenant, AdminActor by);

    /// <summary>Removes a tenant and its keys. What it owns stays stored, and is its own again if it is created again.</summary>
    /// <returns>Null, or a refusal: not found, conflict when it comes from a file.</returns>
    [Alias("Delete")]
    Task<Refusal?> Delete(string id, AdminActor by);

    /// <summary>Adds a key.</summary>
    /// <returns>The tenant, or a refusal: not found, conflict when it comes from a file, has too many keys, or the key is somebody's.</returns>
    [Alias("AddKey")]
    Task<Outcome<Tenant>> AddKey(string tenant, TenantKey key, AdminActor by);

    /// <summary>Removes a key by its id.</summary>
    /// <returns>Null, or a refusal: not found, conflict when it comes from a file.</returns>
    [Alias("RevokeKey")]
    Task<Refusal?> RevokeKey(string tenant, string key, AdminActor by);

    /// <summary>Makes these the tenants that come from a file, in place of all that did; without effect when they are already.</summary>
    /// <returns>Null, or a refusal: conflict with a tenant or key that does not come from a file. Then nothing has changed.</returns>
    [Alias("Import")]
    Task<Refusal?> Import(Tenant[] tenants, AdminActor by);

    /// <summary>Notes an action that changes nothing here.</summary>
    [Alias("Note")]
    Task Note(string action, string target, AdminActor by);

    /// <summary>What administrators did, the latest first.</summary>
    /// <param name="before">Only entries with lower numbers.</param>
    /// <param name="limit">Entries at most, 1 to 1,000.</param>
    [Alias("Audit"), AlwaysInterleave]
    Task<AuditPage> Audit(long before, int limit);
}

/// <summary>All tenants at one time.</summary>
/// <param name="Revision">Grows with every change, also over a loss of the store.</param>
/// <param name="Tenants">The tenants, by id.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.tenant_set")]
public sealed record TenantSet([property: Id(0)] long Revision, [property: Id(1)] Tenant[] Tenants);
