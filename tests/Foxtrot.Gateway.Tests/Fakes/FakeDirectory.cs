using Foxtrot.Contracts;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>A directory in memory that notes who does what and refuses nothing but unknown names.</summary>
internal sealed class FakeDirectory : ITenantDirectoryGrain
{
    public List<Tenant> Tenants { get; } = [];

    public List<AuditEntry> Log { get; } = [];

    public Task<TenantSet?> Changes(long revision) => Task.FromResult<TenantSet?>(new(1, [.. Tenants]));

    public Task<Outcome<Tenant>> Create(Tenant tenant, AdminActor by)
    {
        Tenants.Add(tenant);
        return Done("tenant.create", tenant.Id, by, tenant);
    }

    public Task<Outcome<Tenant>> Replace(Tenant tenant, AdminActor by) =>
        Change(tenant.Id, "tenant.replace", tenant.Id, by, found => found with { Weight = tenant.Weight, Limits = tenant.Limits });

    public async Task<Refusal?> Delete(string id, AdminActor by)
    {
        var outcome = await Change(id, "tenant.delete", id, by, found => found);
        Tenants.RemoveAll(t => t.Id == id);
        return outcome.Refusal;
    }

    public Task<Outcome<Tenant>> AddKey(string tenant, TenantKey key, AdminActor by) =>
        Change(tenant, "key.create", $"{tenant}/{key.Id}", by, found => found with { Keys = [.. found.Keys, key] });

    public async Task<Refusal?> RevokeKey(string tenant, string key, AdminActor by) =>
        (await Change(tenant, "key.revoke", $"{tenant}/{key}", by, found => found with { Keys = [.. found.Keys.Where(k => k.Id != key)] })).Refusal;

    public Task<Refusal?> Import(Tenant[] tenants, AdminActor by)
    {
        Tenants.Clear();
        Tenants.AddRange(tenants);
        return Task.FromResult<Refusal?>(null);
    }

    public Task Note(string action, string target, AdminActor by) => Done(action, target, by, new Tenant { Id = "" });

    public Task<AuditPage> Audit(long before, int limit) =>
        Task.FromResult(new AuditPage([.. Log.Where(e => e.Number < before).Reverse().Take(limit)], Log.Count(e => e.Number < before) > limit));

    private Task<Outcome<Tenant>> Change(string id, string action, string target, AdminActor by, Func<Tenant, Tenant> change)
    {
        var index = Tenants.FindIndex(t => t.Id == id);
        if (index < 0)
        {
            return Task.FromResult<Outcome<Tenant>>(new Refusal(RefusalKind.NotFound, $"there is no tenant '{id}'", "id", "tenant_not_found"));
        }

        Tenants[index] = change(Tenants[index]);
        return Done(action, target, by, Tenants[index]);
    }

    private Task<Outcome<Tenant>> Done(string action, string target, AdminActor by, Tenant tenant)
    {
        Log.Add(new AuditEntry { Number = Log.Count + 1, Time = DateTimeOffset.UnixEpoch, By = by, Action = action, Target = target });
        return Task.FromResult<Outcome<Tenant>>(tenant);
    }
}
