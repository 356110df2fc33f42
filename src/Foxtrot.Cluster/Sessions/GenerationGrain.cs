using Foxtrot.Cluster.Delivery;
using Foxtrot.Cluster.Metering;
using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Telemetry;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace Foxtrot.Cluster.Sessions;

/// <inheritdoc cref="IGenerationGrain"/>
[OwnsModel, LeastLoaded, Immovable]
internal sealed class GenerationGrain(WorkerRuntime runtime, TenantQuotas quotas, ILedger ledger, ILogger<GenerationGrain> logger) : Grain, IGenerationGrain, IMovableGrain
{
    private readonly Dictionary<long, (Outbox Outbox, Attachment Attachment)> _attachments = [];
    private ResolvedTurn? _resolved;
    private TurnEnding? _ending;
    private SessionRun? _run;
    private Task<Refusal?>? _beginning;
    private GenerationMeter? _meter;
    private string? _requestId;
    private int _epoch;
    private bool _deactivated;

    /// <inheritdoc/>
    public async Task<Refusal?> Run(SessionRequest request, AttachRequest attach)
    {
        if (!SessionKey.TryParse(this.GetPrimaryKeyString(), out var key) || !runtime.TryFind(key.Model, out var model))
        {
            return WorkerRuntime.NoModel(this.GetPrimaryKeyString());
        }

        if (_run is null && await BeginOnceAsync(key, model, request, attach) is { } refusal)
        {
            logger.Refused(CallOrigin.RequestId, key.Session, key.Tenant, key.Model, refusal.Kind, refusal.Code);
            DeactivateOnIdle();
            return refusal;
        }

        var state = _resolved!.State;
        var attachment = new Attachment
        {
            Stream = attach.Stream,
            Run = _run!,
            Next = attach.From,
            Start = new StreamStart(
                attach.Stream, _epoch, state.PromptTokens, request.Seed, model.Info.Hash, model.Info.Fingerprint, model.Info.Exact, _resolved.PromptText),
            End = _ending!.End,
        };
        _attachments[attach.Stream] = (runtime.Delivery.Attach(attach.Sink, attachment), attachment);
        Forget(attach.Stream, await attachment.Done);
        return null;
    }

    /// <inheritdoc/>
    public Task Detach(long stream)
    {
        if (_attachments.TryGetValue(stream, out var entry))
        {
            entry.Outbox.Remove(entry.Attachment);
            Forget(stream, AttachmentOutcome.ReaderGone);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Cancel()
    {
        _run?.Cancel();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Leave()
    {
        DeactivateOnIdle();
        foreach (var (outbox, attachment) in _attachments.Values)
        {
            attachment.Leaving = true;
            outbox.Signal();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _deactivated = true;
        _run?.Abandon();
        runtime.Leave(GrainContext.GrainId);
        return Task.CompletedTask;
    }

    // Readers that come while it begins join it.
    private async Task<Refusal?> BeginOnceAsync(SessionKey key, WorkerModel model, SessionRequest request, AttachRequest attach)
    {
        var beginning = _beginning ??= BeginAsync(key, model, request, attach);
        try
        {
            return await beginning;
        }
        finally
        {
            _beginning = null;
        }
    }

    private async Task<Refusal?> BeginAsync(SessionKey key, WorkerModel model, SessionRequest request, AttachRequest attach)
    {
        var outcome = TurnResolver.Resolve(model, request);
        if (outcome.Value is not { } resolved)
        {
            return outcome.Refusal;
        }

        var state = resolved.State;
        var turn = state.Turns[0];
        state.PromptTokens = turn.Start;
        state.Exact = true;
        _ending = new TurnEnding(key, model, state, turn);
        if (attach.Delivered.Length > 0)
        {
            // What a reader has seen is never changed, whatever this worker would have drawn.
            SessionLog.Append(state, attach.Delivered);
            turn.Count = attach.Delivered.Length;
        }

        var permit = await quotas.TakePermitAsync(key.Tenant, resumed: attach.Epoch > 0);
        if (permit.Value is null)
        {
            return permit.Refusal;
        }

        if (_deactivated)
        {
            permit.Value.Dispose();
            return WorkerRuntime.NoModel(key.Model);
        }

        var started = RunStart.Start(model, key.Tenant, state, 0, resumed: attach.Epoch > 0, permit.Value);
        if (started.Value is null)
        {
            return started.Refusal;
        }

        _run = started.Value;
        _resolved = resolved;
        _epoch = attach.Epoch + 1;
        _meter = new GenerationMeter(ledger, key, request, state.PromptTokens, _epoch);
        _meter.Started();
        _requestId = CallOrigin.RequestId;
        if (attach.Epoch > 0)
        {
            logger.Resumed(_requestId, key.Session, key.Tenant, key.Model, turn.Count);
        }

        runtime.Enter(GrainContext.GrainId, this.AsReference<IMovableGrain>());
        return null;
    }

    // A step may be under way in which it ends by itself after all.
    private async Task CountAsync(SessionRun run, SessionKey key)
    {
        await run.Generation.Completion;
        runtime.Instruments.Finished(key.Model, key.Tenant, run.Finish, run.Generation);
        logger.Ended(_requestId, key.Session, key.Tenant, key.Model, run.Finish, run.Count);
    }

    // Nobody holds the log of a generation without readers.
    private void Forget(long stream, AttachmentOutcome outcome)
    {
        if (_attachments.Remove(stream, out var entry) && _attachments.Count == 0)
        {
            _run!.Abandon();
            _ = _meter!.EndAsync(_run, entry.Attachment, outcome);
            if (outcome != AttachmentOutcome.Moved)
            {
                _ = CountAsync(_run, _ending!.Key);
            }

            runtime.Leave(GrainContext.GrainId);
            DeactivateOnIdle();
        }
    }
}
