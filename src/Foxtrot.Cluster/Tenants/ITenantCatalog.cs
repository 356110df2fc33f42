using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>The tenants of the cluster as this process knows them, at most a second old.</summary>
/// <remarks>Thread-safe; nothing waits.</remarks>
public interface ITenantCatalog
{
    /// <summary>Whether no tenant is configured: then everybody is <see cref="Tenant.Default"/>.</summary>
    bool IsEmpty { get; }

    /// <summary>Looks a tenant up by its id; null when there is none.</summary>
    Tenant? Find(string id);

    /// <summary>The tenant that a key belongs to; null when it is unknown, revoked or expired. Takes the same time for every key.</summary>
    /// <param name="key">The key as the client sent it.</param>
    Tenant? Authenticate(string key);
}

/// <summary>No tenants.</summary>
internal sealed class NoTenants : ITenantCatalog
{
    public bool IsEmpty => true;

    public Tenant? Find(string id) => id == Tenant.Default.Id ? Tenant.Default : null;

    public Tenant? Authenticate(string key) => null;
}
