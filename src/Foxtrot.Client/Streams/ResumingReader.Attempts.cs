using Foxtrot.Contracts;
using Foxtrot.Contracts.Streams;
using Foxtrot.Contracts.Workers;

namespace Foxtrot.Client.Streams;

/// <content>One attachment after the other.</content>
internal sealed partial class ResumingReader
{
    private async Task DriveAsync()
    {
        try
        {
            for (var failures = 0; !_disposed.IsCancellationRequested;)
            {
                var request = NextAttempt();
                var (outcome, refusal) = await TryAsync(request);
                _router.Close(request.Stream);
                if (End is not null)
                {
                    break;
                }

                failures = _next > request.From ? 0 : failures + 1;
                if (outcome == AttemptOutcome.Refused && (!_accepted.Task.IsCompleted || !IsPassing(refusal!)))
                {
                    Refuse(refusal!);
                    return;
                }

                if (_time.GetElapsedTime(_progress) > _options.RecoveryTimeout)
                {
                    Refuse(refusal ?? new Refusal(RefusalKind.Unavailable, "the worker was lost, and no other took the session over in time", Code: "worker_lost", RetryAfterSeconds: 1));
                    return;
                }

                Resumptions++;
                Interrupt(outcome == AttemptOutcome.Lost ? StreamInstruments.WorkerLost : StreamInstruments.Moved);
                if (failures > 0)
                {
                    await Task.Delay(_options.RetryDelay * Math.Min(failures, 10), _time, _disposed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }

            await ConfirmAsync();
        }
        catch (Exception error)
        {
            Refuse(new Refusal(RefusalKind.Failed, $"the stream failed: {error.Message}"));
            throw;
        }
    }

    private AttachRequest NextAttempt()
    {
        lock (_lock)
        {
            _attempt = _router.Open(this);
            _ended = NewEnd();
            return new AttachRequest { Sink = _sink, Stream = _attempt, From = _next, Delivered = [.. _delivered], Epoch = _epoch };
        }
    }

    private async Task<(AttemptOutcome Outcome, Refusal? Refusal)> TryAsync(AttachRequest request)
    {
        var ended = _ended.Task;
        _call = null;
        try
        {
            _call = _calls.Attach(request);
            Forget(_call);

            // The end comes in band, ahead of the call's return; a lost worker shows as the call's exception.
            await WaitAsync(Task.WhenAny(_call, ended));
            if (ended.IsCompleted)
            {
                return (AttemptOutcome.Ended, null);
            }

            if (await _call is { } refusal)
            {
                return (AttemptOutcome.Refused, refusal);
            }

            await ended.WaitAsync(_options.EndTimeout, _time, _disposed.Token);
            return (AttemptOutcome.Ended, null);
        }
        catch (Exception lost) when (WorkerLoss.Is(lost))
        {
            return (AttemptOutcome.Lost, WorkerLoss.NoWorker(lost));
        }
    }

    // The last attachment returns once what was read is stored. Where its worker died before that, whoever resumes the session is told.
    private async Task ConfirmAsync()
    {
        if (_calls.Acknowledge is not { } acknowledge || await IsStoredAsync())
        {
            return;
        }

        var since = _time.GetTimestamp();
        for (var failures = 1; _time.GetElapsedTime(since) < _options.RecoveryTimeout; failures++)
        {
            try
            {
                await acknowledge(_next, [.. _delivered]);
                return;
            }
#pragma warning disable CA1031 // Nobody waits for it: whatever it was, it tries again for a while.
            catch (Exception)
#pragma warning restore CA1031
            {
                await Task.Delay(_options.RetryDelay * Math.Min(failures, 10), _time);
            }
        }
    }

    private async Task<bool> IsStoredAsync()
    {
        if (_delivered.Count == 0)
        {
            return true;
        }

        try
        {
            return _call is not null && await _call is null && !(_ended.Task is { IsCompletedSuccessfully: true, Result.Moved: true });
        }
#pragma warning disable CA1031 // Whatever it was, it may not be stored.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    // An application outside of the silos is not told that a silo died: silence has to do.
    private async Task WaitAsync(Task change)
    {
        var heard = _time.GetTimestamp();
        while (true)
        {
            try
            {
                await change.WaitAsync(_options.StallTimeout, _time, _disposed.Token);
                return;
            }
            catch (TimeoutException) when (_time.GetElapsedTime(Math.Max(heard, Volatile.Read(ref _progress))) < _options.StallTimeout)
            {
            }
        }
    }

    // A stream that has begun waits for the cluster to recover.
    private static bool IsPassing(Refusal refusal) => refusal.Kind is RefusalKind.Unavailable or RefusalKind.QueueFull;

    private enum AttemptOutcome
    {
        Ended,
        Refused,
        Lost,
    }
}
