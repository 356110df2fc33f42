using Foxtrot.Cluster.Delivery;
using Foxtrot.Cluster.Metering;
using Foxtrot.Cluster.Telemetry;
using Foxtrot.Contracts.Metering;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Cluster.Sessions;

/// <content>
/// Accounting. The stored state is the truth: what it says is reported after each write, and the ledger adds what it did not know.
/// Once a turn is over and its readers are done, the session stores what the ledger has acknowledged, and the entry there ends.
/// </content>
internal sealed partial class SessionGrain
{
    /// <summary>How long a new session waits for the ledger to know of it. After that it goes on being told.</summary>
    private static readonly TimeSpan OpeningTime = TimeSpan.FromSeconds(2);

    /// <summary>How long the ledger may take to store what a session has used that is about to be deleted.</summary>
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(10);

    private int _storedReadTo;
    private UsageCounts _reported;
    private UsageCounts? _closed;
    private int _rewinds;
    private Task _settlement = Task.CompletedTask;
    private bool _deactivated;

    /// <inheritdoc/>
    public Task<bool> Settle()
    {
        if (Exists)
        {
            Absorb();
            _closed = null;
            _reported = default;
            Report(SessionUsage.Of(State));
            _ = SettleAsync();
        }
        else
        {
            DeactivateOnIdle();
        }

        return Task.FromResult(Exists);
    }

    // Before a session is acknowledged its ledger knows of it, so that it is asked about what a lost worker did not report. Counts
    // come once it is stored: one that could not be is not there when it is asked.
    private async Task OpenEntryAsync() =>
        await _ledger.ReportAsync(_key.Tenant, Entry(default)).WaitAsync(OpeningTime, _time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    // False when the ledger did not answer in time: what the session has used would be forgotten with it.
    private async Task<bool> CloseEntryAsync()
    {
        ObserveReaders();
        var counts = SessionUsage.Of(State);
        if (counts == State.Accounted)
        {
            return true;
        }

        var stored = _ledger.ReportAsync(_key.Tenant, Entry(counts));
        await stored.WaitAsync(ClosingTime, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return stored.IsCompletedSuccessfully;
    }

    private void Report(UsageCounts counts)
    {
        if (counts != _reported && counts != State.Accounted)
        {
            _reported = counts;
            _ledger.Report(_key.Tenant, Entry(counts));
        }
    }

    private Task SettleAsync() => _settlement.IsCompleted ? _settlement = SettleIdleAsync() : _settlement;

    private async Task SettleIdleAsync()
    {
        if (IsRunning || _attachments.Count > 0)
        {
            return;
        }

        try
        {
            // Readers and further turns may come while the ledger and the store are waited for.
            while (Exists && !IsRunning && !_deactivated)
            {
                var counts = SessionUsage.Of(State);
                if (counts == State.Accounted)
                {
                    SayClosed(counts);
                    return;
                }

                await _ledger.ReportAsync(_key.Tenant, Entry(counts));
                if (Exists && !_deactivated)
                {
                    _reported = counts;
                    State.Accounted = counts;
                    await SaveAsync();
                }
            }
        }
#pragma warning disable CA1031 // Nobody waits for it; the ledger will ask again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _logger.Unsaved(_requestId, _key.Session, _key.Tenant, error);
            DeactivateOnIdle();
        }
    }

    // Whoever read waits for this, and says it again to another activation where it fails.
    private async Task StoreReadAsync()
    {
        await SettleAsync();
        if (Exists && State.ReadTo != _storedReadTo)
        {
            await SaveAsync();
        }
    }

    private void SayClosed(UsageCounts counts)
    {
        if (counts != _closed)
        {
            _closed = counts;
            _ledger.Report(_key.Tenant, Entry(counts) with { Opens = false, Done = true });
        }
    }

    // What readers have acknowledged of the running turn.
    private void ObserveReaders()
    {
        foreach (var (_, attachment) in _attachments.Values)
        {
            if (attachment.Run == _run)
            {
                SessionUsage.Acknowledge(State, attachment.Run.FirstIndex + attachment.Acknowledged);
            }
        }
    }

    private void ObserveEnd(Attachment attachment, int rewinds)
    {
        if (rewinds == _rewinds && Exists)
        {
            Absorb();
            SessionUsage.Acknowledge(State, attachment.Run.FirstIndex + attachment.Acknowledged);
        }
    }

    private LedgerReport Entry(UsageCounts counts) => new()
    {
        Entry = _key.Session.ToString(),
        Model = _key.Model,
        Source = LedgerSource.Session,
        Counts = counts,
        Opens = true,
        Base = State.Accounted,
    };

    private static bool IsAbort(Finish? finish) => finish is Finish.Cancelled or Finish.Failed;
}
