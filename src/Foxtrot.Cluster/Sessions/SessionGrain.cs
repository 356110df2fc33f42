using Foxtrot.Cluster.Delivery;
using Foxtrot.Cluster.Metering;
using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Telemetry;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts.Sessions;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace Foxtrot.Cluster.Sessions;

/// <inheritdoc cref="ISessionGrain"/>
/// <remarks>
/// Stored when it is created, every <see cref="Checkpoint"/> tokens, at the end of a turn and when it leaves its worker; never
/// per token, because tokens follow from seed and log. Who reactivates it writes first: the storage's ETag then refuses every
/// write of an activation that was only thought dead.
/// </remarks>
[OwnsModel, LeastLoaded, Immovable]
internal sealed partial class SessionGrain : Grain, ISessionGrain, IMovableGrain, IForkTarget, IMeteredGrain
{
    /// <summary>Output tokens between two writes.</summary>
    public const int Checkpoint = 64;

    private readonly Dictionary<long, (Outbox Outbox, Attachment Attachment)> _attachments = [];
    private readonly IPersistentState<SessionState> _stored;
    private readonly WorkerRuntime _runtime;
    private readonly TenantQuotas _quotas;
    private readonly ILedger _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger<SessionGrain> _logger;
    private SessionKey _key;
    private WorkerModel? _model;
    private string? _requestId;
    private SessionRun? _run;
    private TurnEnding? _ending;
    private Task _pump = Task.CompletedTask;
    private Task _write = Task.CompletedTask;

    public SessionGrain(
        [PersistentState("session", "sessions")] IPersistentState<SessionState> stored,
        WorkerRuntime runtime,
        TenantQuotas quotas,
        ILedger ledger,
        TimeProvider time,
        ILogger<SessionGrain> logger)
    {
        _stored = stored;
        _runtime = runtime;
        _quotas = quotas;
        _ledger = ledger;
        _time = time;
        _logger = logger;
    }

    private SessionState State { get; set; } = new();

    private bool Exists => State.Version > 0;

    private TurnState Turn => State.Turns[^1];

    private bool IsRunning => Exists && Turn.Finish is null;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        State = _stored.State.Copy();
        _storedReadTo = State.ReadTo;
        if (State.Version > SessionState.CurrentVersion)
        {
            throw new NotSupportedException($"session {this.GetPrimaryKeyString()} was stored by a newer version ({State.Version}) than this one ({SessionState.CurrentVersion}) knows");
        }

        if (SessionKey.TryParse(this.GetPrimaryKeyString(), out _key) && _runtime.TryFind(_key.Model, out _model) && IsRunning)
        {
            await ResumeAsync();
        }
        else if (Exists && SessionUsage.Of(State) != State.Accounted)
        {
            // Its last worker died between storing the end and telling the ledger.
            _ = SettleAsync();
        }
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _deactivated = true;
        _run?.Abandon();
        _runtime.Leave(GrainContext.GrainId);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task Leave()
    {
        if (IsRunning)
        {
            // The tokens so far go along; the run ends here without ending the turn.
            Absorb();
            _run?.Abandon();
            _run = null;
            await SaveAsync();
            _logger.Left(_requestId, _key.Session, _key.Tenant, Turn.Count);
        }

        this.MigrateOnIdle();
        foreach (var (outbox, attachment) in _attachments.Values)
        {
            attachment.Leaving = true;
            outbox.Signal();
        }
    }
}
