using Foxtrot.Contracts;
using Foxtrot.Contracts.Tenants;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Cluster.Tenants;

/// <inheritdoc cref="ITenantDirectoryGrain"/>
/// <remarks>What it answers is stored: its state is replaced once the store has taken the new one. A write that fails ends the activation.</remarks>
internal sealed partial class TenantDirectoryGrain : Grain, ITenantDirectoryGrain
{
    private readonly IPersistentState<TenantDirectoryState> _stored;
    private readonly TimeProvider _time;
    private readonly ILogger<TenantDirectoryGrain> _logger;
    private TenantDirectoryState _state = new();

    public TenantDirectoryGrain(
        [PersistentState("tenants", "sessions")] IPersistentState<TenantDirectoryState> stored, TimeProvider time, ILogger<TenantDirectoryGrain> logger)
    {
        _stored = stored;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _state = _stored.State;
        return _state.Version <= TenantDirectoryState.CurrentVersion
            ? Task.CompletedTask
            : throw new NotSupportedException($"the tenants were stored by a newer version ({_state.Version}) than this one ({TenantDirectoryState.CurrentVersion}) knows");
    }

    /// <inheritdoc/>
    public Task<TenantSet?> Changes(long revision) =>
        Task.FromResult(revision == _state.Revision ? null : new TenantSet(_state.Revision, _state.Tenants));

    /// <inheritdoc/>
    public Task<Outcome<Tenant>> Create(Tenant tenant, AdminActor by) =>
        ApplyAsync(TenantRoll.Create(_state.Tenants, tenant, _time.GetUtcNow()), "tenant.create", tenant.Id, by);

    /// <inheritdoc/>
    public Task<Outcome<Tenant>> Replace(Tenant tenant, AdminActor by) =>
        ApplyAsync(TenantRoll.Replace(_state.Tenants, tenant), "tenant.replace", tenant.Id, by);

    /// <inheritdoc/>
    public async Task<Refusal?> Delete(string id, AdminActor by) =>
        (await ApplyAsync(TenantRoll.Delete(_state.Tenants, id), "tenant.delete", id, by)).Refusal;

    /// <inheritdoc/>
    public Task<Outcome<Tenant>> AddKey(string tenant, TenantKey key, AdminActor by) =>
        ApplyAsync(TenantRoll.AddKey(_state.Tenants, tenant, key, _time.GetUtcNow()), "key.create", $"{tenant}/{key.Id}", by);

    /// <inheritdoc/>
    public async Task<Refusal?> RevokeKey(string tenant, string key, AdminActor by) =>
        (await ApplyAsync(TenantRoll.RevokeKey(_state.Tenants, tenant, key), "key.revoke", $"{tenant}/{key}", by)).Refusal;

    /// <inheritdoc/>
    public async Task<Refusal?> Import(Tenant[] tenants, AdminActor by)
    {
        var outcome = TenantRoll.Import(_state.Tenants, tenants, _time.GetUtcNow());
        if (outcome.Value is { } all && !ReferenceEquals(all, _state.Tenants))
        {
            await SaveAsync(all, "tenants.import", $"{tenants.Length} tenants", by);
        }

        return outcome.Refusal;
    }

    /// <inheritdoc/>
    public Task Note(string action, string target, AdminActor by) => SaveAsync(null, action, target, by);

    /// <inheritdoc/>
    public Task<AuditPage> Audit(long before, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, TenantDirectoryState.AuditEntries);
        var older = _state.Audit.Reverse().Where(e => e.Number < before).Take(limit + 1).ToArray();
        return Task.FromResult(new AuditPage(older.Length > limit ? older[..limit] : older, older.Length > limit));
    }

    private async Task<Outcome<Tenant>> ApplyAsync(Outcome<TenantRollChange> outcome, string action, string target, AdminActor by)
    {
        if (outcome.Value is not { } change)
        {
            return outcome.Refusal!;
        }

        await SaveAsync(change.All, action, target, by);
        return change.One;
    }

    private async Task SaveAsync(Tenant[]? tenants, string action, string target, AdminActor by)
    {
        var next = _state.After(tenants, action, target, by, _time.GetUtcNow());
        _stored.State = next;
        try
        {
            await _stored.WriteStateAsync();
        }
        catch
        {
            // Whether it was stored, or another activation wrote, only the store knows: it is read before anything else is answered.
            DeactivateOnIdle();
            throw;
        }

        _state = next;
        LogAction(_logger, by.Who, action, target, by.RequestId, by.Address);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit: {Who} did {Action} to {Target}, request {RequestId} from {Address}")]
    private static partial void LogAction(ILogger logger, string who, string action, string target, string requestId, string? address);
}
