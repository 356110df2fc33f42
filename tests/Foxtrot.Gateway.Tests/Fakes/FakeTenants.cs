using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>Tenants by their keys, as a test says.</summary>
internal sealed class FakeTenants : ITenantCatalog, ITenantFollower
{
    public Dictionary<string, Tenant> ByKey { get; } = [];

    public string? Doubt { get; set; }

    /// <summary>How often somebody wanted to see a change at once.</summary>
    public int CaughtUp { get; private set; }

    public bool IsEmpty => ByKey.Count == 0;

    /// <summary>Adds a tenant with a key of the same name.</summary>
    public static FakeTenants Of(params string[] ids)
    {
        var tenants = new FakeTenants();
        foreach (var id in ids)
        {
            tenants.ByKey.Add("key-of-" + id, new Tenant { Id = id });
        }

        return tenants;
    }

    public static (string, string) Bearer(string id) => ("Authorization", "Bearer key-of-" + id);

    public Tenant? Find(string id) => ByKey.Values.FirstOrDefault(t => t.Id == id);

    public Tenant? Authenticate(string key) => ByKey.GetValueOrDefault(key);

    public Task WaitAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CatchUpAsync()
    {
        CaughtUp++;
        return Task.CompletedTask;
    }
}
