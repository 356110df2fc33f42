using Foxtrot.Cluster.Metering;
using Foxtrot.Cluster.Telemetry;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Cluster.Sessions;

/// <content>What owners of sessions ask for.</content>
internal sealed partial class SessionGrain
{
    /// <inheritdoc/>
    public async Task<Outcome<SessionView>> Create(SessionRequest request)
    {
        if (_model is null)
        {
            return Vanish(WorkerRuntime.NoModel(_key.Model));
        }

        if (Exists)
        {
            return new Refusal(RefusalKind.Conflict, $"session '{_key.Session}' exists already", Code: "session_exists");
        }

        var outcome = TurnResolver.Resolve(_model, request);
        if (outcome.Value is not { } resolved)
        {
            return Vanish(outcome.Refusal!);
        }

        resolved.State.PromptTokens = resolved.State.Turns[0].Start;
        return await CreateAsync(resolved.State);
    }

    /// <inheritdoc/>
    public async Task<Outcome<SessionView>> CreateFork(SessionState state)
    {
        if (_model is null)
        {
            return Vanish(WorkerRuntime.NoModel(_key.Model));
        }

        if (Exists)
        {
            return new Refusal(RefusalKind.Conflict, $"session '{_key.Session}' exists already", Code: "session_exists");
        }

        var turn = state.Turns[^1];
        state.Turns.RemoveAt(state.Turns.Count - 1);
        return TurnResolver.Add(_model, state, turn) is { } refusal ? Vanish(refusal) : await CreateAsync(state);
    }

    /// <inheritdoc/>
    public async Task<Outcome<SessionView>> Extend(ContinueRequest request)
    {
        if (!Exists || _model is null)
        {
            return NotFound();
        }

        if (IsRunning)
        {
            return Conflict("continue");
        }

        var permit = await _quotas.TakePermitAsync(_key.Tenant, resumed: false);
        if (permit.Value is null)
        {
            return permit.Refusal!;
        }

        try
        {
            var outcome = await ExtendAsync(request, _model, permit.Value);
            if (outcome.Value is null)
            {
                permit.Value.Dispose();
            }

            return outcome;
        }
        catch
        {
            permit.Value.Dispose();
            throw;
        }
    }

    private async Task<Outcome<SessionView>> ExtendAsync(ContinueRequest request, WorkerModel model, SequencePermit permit)
    {
        if (request.Prompt?.Messages is not null)
        {
            return new Refusal(RefusalKind.Invalid, "messages cannot be added to a session: give the new text as prompt", "messages");
        }

        int[] added = request.Prompt is null
            ? []
            : request.Prompt.Tokens ?? model.Served.Tokenizer.Encode(request.Prompt.Text ?? "", addSpecialTokens: false);
        if (SessionLog.Count(State) + added.Length >= model.Info.ContextLength)
        {
            return new Refusal(
                RefusalKind.Invalid,
                $"prompt must leave room to generate in a context of {model.Info.ContextLength} tokens, but brings the session to {SessionLog.Count(State) + added.Length}",
                "prompt",
                "context_length_exceeded");
        }

        var last = Turn;
        var before = State.Tokens;
        SessionLog.Append(State, added);
        var turn = new TurnState
        {
            Start = SessionLog.Count(State),
            MaxTokens = request.MaxTokens ?? int.MaxValue,
            Seed = last.Seed,
            Choice = last.Choice,
            Sampling = (request.Sampling ?? SamplingSettings.Default).Over(last.Sampling),
            Stop = request.Stop ?? last.Stop,
            EndTokens = last.EndTokens,
            LogProbabilities = last.LogProbabilities,
            Priority = request.Priority ?? last.Priority,
            Reserved = request.Reserved,
            Fingerprint = model.Info.Fingerprint,
        };
        if (TurnResolver.Add(model, State, turn) is { } refusal)
        {
            State.Tokens = before;
            return refusal;
        }

        if (TryStart(resumed: false, permit) is { } full)
        {
            State.Turns.RemoveAt(State.Turns.Count - 1);
            State.Tokens = before;
            return full;
        }

        State.PromptTokens += added.Length;
        State.Requests++;
        await SaveAsync();
        Begin();
        return View(State);
    }

    /// <inheritdoc/>
    public async Task<Outcome<SessionView>> Fork(ForkRequest request)
    {
        if (!Exists || _model is null)
        {
            return NotFound();
        }

        Absorb();
        var outputs = SessionLog.Outputs(State);
        if (request.At < 0 || request.At > outputs)
        {
            return OutOfRange("at", request.At, outputs);
        }

        if (!SessionId.TryParse(request.Session, out var id))
        {
            return new Refusal(RefusalKind.Invalid, $"session must be a session id, but is '{request.Session}'", "session");
        }

        var fork = SessionForks.Cut(State, _key.Session.ToString(), request);
        return await GrainFactory.GetGrain<IForkTarget>((_key with { Session = id }).ToString()).CreateFork(fork);
    }

    /// <inheritdoc/>
    public async Task<Outcome<SessionView>> Rewind(int length)
    {
        if (!Exists)
        {
            return NotFound();
        }

        await StopAsync();
        var outputs = SessionLog.Outputs(State);
        if (length < 0 || length > outputs)
        {
            return OutOfRange("to", length, outputs);
        }

        if (length < outputs)
        {
            SessionUsage.Rewind(State, length);
            _rewinds++;
            SessionLog.Truncate(State, length);
            Turn.Finish = Finish.Cancelled;
            _run = null;
            await SaveAsync();
        }

        return View(State);
    }

    /// <inheritdoc/>
    public async Task<Outcome<SessionView>> Cancel()
    {
        if (!Exists)
        {
            return NotFound();
        }

        await StopAsync();
        return View(State);
    }

    /// <inheritdoc/>
    public Task<Outcome<SessionView>> View()
    {
        if (!Exists)
        {
            return Task.FromResult(NotFound());
        }

        Absorb();
        return Task.FromResult<Outcome<SessionView>>(View(State));
    }

    /// <inheritdoc/>
    public async Task<Refusal?> Delete()
    {
        if (!Exists)
        {
            return NotFound().Refusal;
        }

        await StopAsync();
        if (!await CloseEntryAsync())
        {
            return new Refusal(RefusalKind.Unavailable, $"session '{_key.Session}' cannot be deleted before its usage is stored", Code: "ledger_unavailable", RetryAfterSeconds: 1);
        }

        await AfterWriteAsync(_stored.ClearStateAsync);
        SayClosed(SessionUsage.Of(State));
        State = new SessionState();
        DeactivateOnIdle();
        return null;
    }

    private async Task<Outcome<SessionView>> CreateAsync(SessionState state)
    {
        var permit = await _quotas.TakePermitAsync(_key.Tenant, resumed: false);
        if (permit.Value is null)
        {
            return Vanish(permit.Refusal!);
        }

        state.Version = SessionState.CurrentVersion;
        state.Created = _time.GetUtcNow();
        state.Epoch = 1;
        state.Requests = 1;
        state.Shared = SessionLog.Outputs(state);
        state.ModelHash = _model!.Info.Hash;
        state.Exact = _model.Info.Exact && (state.Lineage is null || (state.Exact && state.Fingerprint == _model.Info.Fingerprint));
        state.Fingerprint = _model.Info.Fingerprint;
        state.Turns[^1].Fingerprint = _model.Info.Fingerprint;
        State = state;
        if (TryStart(resumed: false, permit.Value) is { } full)
        {
            State = new SessionState();
            return Vanish(full);
        }

        var opened = OpenEntryAsync();
        try
        {
            await SaveAsync();
        }
        catch
        {
            _run!.Abandon();
            throw;
        }

        Begin();
        await opened;
        return View(State);
    }

    private SessionView View(SessionState state) => SessionViews.Of(_key, _model, state, _run, _ending);

    // A key that names no session is not worth an activation.
    private Refusal Vanish(Refusal refusal)
    {
        _logger.Refused(CallOrigin.RequestId, _key.Session, _key.Tenant, _key.Model, refusal.Kind, refusal.Code);
        DeactivateOnIdle();
        return refusal;
    }

    private Outcome<SessionView> NotFound()
    {
        DeactivateOnIdle();
        return new Refusal(RefusalKind.NotFound, $"there is no session '{_key.Session}'", Code: "session_not_found");
    }

    private Refusal Conflict(string operation) =>
        new(RefusalKind.Conflict, $"session '{_key.Session}' is generating: cancel it or wait for its end to {operation}", Code: "session_running");

    private static Refusal OutOfRange(string field, int value, int most) =>
        new(RefusalKind.Invalid, $"{field} must be in [0, {most}], the session's output tokens, but is {value}", field);
}
