using Foxtrot.Contracts;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>What can be done to the tenants, as pure functions from all tenants to all tenants. Expected failures are refusals.</summary>
internal static class TenantRoll
{
    /// <summary>Tenants at most.</summary>
    public const int MostTenants = 10_000;

    /// <summary>Keys of one tenant at most.</summary>
    public const int MostKeys = 100;

    /// <summary>Adds a tenant.</summary>
    public static Outcome<TenantRollChange> Create(Tenant[] all, Tenant tenant, DateTimeOffset now)
    {
        if (Array.Exists(all, t => t.Id == tenant.Id))
        {
            return Conflict($"there is a tenant '{tenant.Id}' already", "id", "tenant_exists");
        }

        if (all.Length >= MostTenants)
        {
            return Conflict($"there must be at most {MostTenants} tenants, and there are {all.Length}", "id", "too_many_tenants");
        }

        var created = tenant with { Keys = [], FromFile = false, Created = now };
        return new TenantRollChange([.. all, created], created);
    }

    /// <summary>Gives a tenant another weight and other limits.</summary>
    public static Outcome<TenantRollChange> Replace(Tenant[] all, Tenant tenant) =>
        Change(all, tenant.Id, found => found with { Weight = tenant.Weight, Limits = tenant.Limits });

    /// <summary>Removes a tenant.</summary>
    public static Outcome<TenantRollChange> Delete(Tenant[] all, string id)
    {
        var outcome = Find(all, id);
        return outcome.Value is { } found ? new TenantRollChange([.. all.Where(t => t.Id != id)], found) : outcome.Refusal!;
    }

    /// <summary>Adds a key.</summary>
    public static Outcome<TenantRollChange> AddKey(Tenant[] all, string id, TenantKey key, DateTimeOffset now)
    {
        if (Find(all, id) is { Refusal: { } refusal })
        {
            return refusal;
        }

        if (Array.Exists(all, t => Array.Exists(t.Keys, k => k.Hash.AsSpan().SequenceEqual(key.Hash))))
        {
            return Conflict("the key must be new, but is somebody's already", "key", "key_exists");
        }

        var keys = all.First(t => t.Id == id).Keys.Length;
        return keys >= MostKeys
            ? Conflict($"tenant '{id}' must have at most {MostKeys} keys, and has {keys}", "id", "too_many_keys")
            : Change(all, id, found => found with { Keys = [.. found.Keys, key with { Created = now }] });
    }

    /// <summary>Removes a key.</summary>
    public static Outcome<TenantRollChange> RevokeKey(Tenant[] all, string id, string key) => Find(all, id) switch
    {
        { Refusal: { } refusal } => refusal,
        { Value: { } found } when !Array.Exists(found.Keys, k => k.Id == key) => new Refusal(RefusalKind.NotFound, $"tenant '{id}' has no key '{key}'", "key", "key_not_found"),
        _ => Change(all, id, found => found with { Keys = [.. found.Keys.Where(k => k.Id != key)] }),
    };

    /// <summary>Puts the tenants of a file in place of those that came from one.</summary>
    /// <returns>All tenants, the same array when nothing changes.</returns>
    public static Outcome<Tenant[]> Import(Tenant[] all, Tenant[] file, DateTimeOffset now)
    {
        var others = all.Where(t => !t.FromFile).ToArray();
        var hashes = others.SelectMany(t => t.Keys).Select(k => Convert.ToHexString(k.Hash)).ToHashSet();
        foreach (var tenant in file)
        {
            if (Array.Exists(others, t => t.Id == tenant.Id))
            {
                return Conflict($"tenant '{tenant.Id}' of the tenants file was made by the admin API: delete it there or give it another id", "id", "tenant_exists");
            }

            if (Array.Exists(tenant.Keys, k => hashes.Contains(Convert.ToHexString(k.Hash))))
            {
                return Conflict($"a key of tenant '{tenant.Id}' of the tenants file is another tenant's already", "keys", "key_exists");
            }
        }

        if (others.Length + file.Length > MostTenants)
        {
            return Conflict($"there must be at most {MostTenants} tenants, but with the tenants file there are {others.Length + file.Length}", "tenants", "too_many_tenants");
        }

        var known = all.Where(t => t.FromFile).ToDictionary(t => t.Id);
        var imported = file.Select(t => Merge(t, known.GetValueOrDefault(t.Id), now)).ToArray();
        return imported.Length == known.Count && imported.All(t => known.TryGetValue(t.Id, out var old) && Same(t, old)) ? all : [.. others, .. imported];
    }

    // A tenant and a key are as old as the import that first had them.
    private static Tenant Merge(Tenant tenant, Tenant? old, DateTimeOffset now) => tenant with
    {
        FromFile = true,
        Created = old?.Created ?? now,
        Keys = [.. tenant.Keys.Select(k => k with { Created = old?.Keys.FirstOrDefault(o => o.Id == k.Id)?.Created ?? now })],
    };

    private static bool Same(Tenant a, Tenant b) =>
        a.Weight == b.Weight
        && a.Limits with { Models = null } == b.Limits with { Models = null }
        && (a.Limits.Models ?? []).SequenceEqual(b.Limits.Models ?? []) && a.Limits.Models is null == b.Limits.Models is null
        && a.Keys.Length == b.Keys.Length
        && a.Keys.Zip(b.Keys).All(pair => SameKey(pair.First, pair.Second));

    private static bool SameKey(TenantKey a, TenantKey b) => a.Id == b.Id && a.Name == b.Name && a.Expires == b.Expires && a.Hash.AsSpan().SequenceEqual(b.Hash);

    private static Outcome<TenantRollChange> Change(Tenant[] all, string id, Func<Tenant, Tenant> change)
    {
        var outcome = Find(all, id);
        if (outcome.Value is not { } found)
        {
            return outcome.Refusal!;
        }

        var changed = change(found);
        return new TenantRollChange([.. all.Select(t => t.Id == id ? changed : t)], changed);
    }

    private static Outcome<Tenant> Find(Tenant[] all, string id) => Array.Find(all, t => t.Id == id) switch
    {
        null => new Refusal(RefusalKind.NotFound, $"there is no tenant '{id}'", "id", "tenant_not_found"),
        { FromFile: true } => Conflict($"tenant '{id}' comes from the tenants file: change it there", "id", "tenant_from_file"),
        var tenant => tenant,
    };

    private static Refusal Conflict(string message, string param, string code) => new(RefusalKind.Conflict, message, param, code);
}

/// <summary>The tenants after a change.</summary>
/// <param name="All">All of them.</param>
/// <param name="One">The one that was changed.</param>
internal sealed record TenantRollChange(Tenant[] All, Tenant One);
