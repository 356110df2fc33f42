using Foxtrot.Cluster.Metering;
using Foxtrot.Cluster.Telemetry;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts;
using Orleans.Storage;

namespace Foxtrot.Cluster.Sessions;

/// <content>Generating, checkpoints.</content>
internal sealed partial class SessionGrain
{
    private async Task ResumeAsync()
    {
        var info = _model!.Info;
        State.Epoch++;
        if (!info.Exact || info.Fingerprint != Turn.Fingerprint)
        {
            // These bits may differ from the ones so far: what there is stays, and what follows is marked.
            Turn.Inexact = true;
            Turn.Forced = Turn.Count;
            Turn.Fingerprint = info.Fingerprint;
            State.Fingerprint = info.Fingerprint;
            State.Exact = false;
        }

        await SaveAsync();
        if (await TryResumeAsync())
        {
            Begin();
            _logger.Resumed(_requestId, _key.Session, _key.Tenant, _key.Model, Turn.Count);
        }
    }

    private async ValueTask<bool> TryResumeAsync() =>
        TryStart(resumed: true, (await _quotas.TakePermitAsync(_key.Tenant, resumed: true)).Value!) is null;

    private Refusal? TryStart(bool resumed, SequencePermit permit)
    {
        _ending = new TurnEnding(_key, _model!, State, Turn);
        var started = RunStart.Start(_model!, _key.Tenant, State, State.Turns.Count - 1, resumed, permit);
        _run = started.Value;
        return started.Refusal;
    }

    private void Begin()
    {
        // Of the turn, whoever makes it stop later.
        _requestId = CallOrigin.RequestId;
        _runtime.Enter(GrainContext.GrainId, this.AsReference<IMovableGrain>());
        _pump = PumpAsync(_run!);
    }

    // Runs on the grain's turns: saves every few tokens, and at the end.
    private async Task PumpAsync(SessionRun run)
    {
        try
        {
            for (var finished = false; !finished;)
            {
                await run.WaitAsync(((Turn.Count / Checkpoint) + 1) * Checkpoint);
                if (_run != run)
                {
                    return;
                }

                Absorb();
                if (run.WasAbandoned)
                {
                    // The engine has been stopped under it; what there is, is saved, and the rest comes elsewhere.
                    await SaveAsync();
                    Abandon(run);
                    return;
                }

                // Noted before the write, which then holds it: who asks meanwhile may absorb the end too.
                finished = Turn.Finish is not null;
                await SaveAsync();
            }

            SettleReservation();
            _logger.Ended(_requestId, _key.Session, _key.Tenant, _key.Model, Turn.Finish!.Value, Turn.Count);
        }
        catch (InconsistentStateException error)
        {
            _logger.Fenced(_requestId, _key.Session, _key.Tenant, error);
            Abandon(run);
        }
#pragma warning disable CA1031 // Nobody awaits the pump: a store that fails must not go unseen.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _logger.Unsaved(_requestId, _key.Session, _key.Tenant, error);
            Abandon(run);
        }
        finally
        {
            if (_run == run || _run is null)
            {
                _runtime.Leave(GrainContext.GrainId);
            }

            _ = SettleAsync();
        }
    }

    // After the last write, which only one activation can do: so once, or, where the worker dies in between, never.
    private void SettleReservation()
    {
        var turn = State.Turns.Count - 1;
        var before = turn == 0 ? 0 : State.Turns[turn - 1].Start + State.Turns[turn - 1].Count;
        _quotas.Settle(_key.Tenant, Turn.Reserved, Turn.Start - before + Turn.Count);
    }

    private void Abandon(SessionRun run)
    {
        run.Abandon();
        foreach (var (outbox, attachment) in _attachments.Values)
        {
            attachment.Leaving = true;
            outbox.Signal();
        }

        DeactivateOnIdle();
    }

    // Takes over what the engine has generated so far.
    private void Absorb()
    {
        if (_run is not { } run || !Exists || Turn.Finish is not null)
        {
            return;
        }

        var ended = run.HasEnded;
        var count = run.Count;
        if (count > Turn.Count)
        {
            SessionLog.Append(State, run.Tokens(Turn.Count, count));
            State.CompletionTokens += count - Turn.Count;
            Turn.Count = count;
        }

        if (ended && !run.WasAbandoned)
        {
            Turn.Finish = run.Finish;
            State.Aborted += IsAbort(Turn.Finish) ? 1 : 0;
            Turn.Error = run.Generation.Error?.Message;
            _runtime.Instruments.Finished(_key.Model, _key.Tenant, run.Finish, run.Generation);
        }
    }

    private async Task StopAsync()
    {
        _run?.Cancel();
        await _pump;
        Absorb();
    }

    // What is written is a copy: the store may serialize it while the session goes on.
    private Task SaveAsync() => AfterWriteAsync(async () =>
    {
        ObserveReaders();
        _stored.State = State.Copy();
        var (usage, readTo) = (SessionUsage.Of(State), State.ReadTo);
        await _stored.WriteStateAsync();
        _storedReadTo = readTo;
        Report(usage);
    });

    // One write at a time, or the second would meet the first one's ETag.
    private Task AfterWriteAsync(Func<Task> write)
    {
        return _write = AfterAsync(_write);

        async Task AfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await write();
        }
    }
}
