using Foxtrot.Contracts.Metering;

namespace Foxtrot.Cluster.Metering;

/// <summary>How a ledger changes. Pure: time and who is alive are arguments.</summary>
/// <remarks>
/// Two rules make every token count once. Counts are cumulative per output, and only what exceeds the counted is added, so that both
/// sides of a stream and every worker that it moves to may report it. A batch that was taken before is known by its number, so that
/// an output's entry can go as soon as both sides are done: no report of it comes again.
/// </remarks>
internal static class Ledger
{
    /// <summary>How long a settled session's entry stays, for reports of an older activation that are still under way.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    /// <summary>How long an output that has ended is remembered: a worker that it left long ago may still be trying to say so.</summary>
    public static readonly TimeSpan Remembering = TimeSpan.FromMinutes(2);

    /// <summary>Silence after which a session is asked, and after which it matters that a process is gone.</summary>
    public static readonly TimeSpan Asking = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Silence after which an output ends with its processes, and a session whose process is gone is asked: a moment longer than a new
    /// process may be unknown.
    /// </summary>
    public static readonly TimeSpan Mourning = TimeSpan.FromSeconds(10);

    /// <summary>The same where nobody but a worker reports: the application reads on with another worker meanwhile.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <summary>Silence after which any output has ended.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>How long a silent process's number is kept: no batch is sent again after so long.</summary>
    public static readonly TimeSpan SenderAge = TimeSpan.FromDays(7);

    /// <summary>Takes a batch in, unless it has been before.</summary>
    public static LedgerState Apply(LedgerState state, LedgerBatch batch, DateTimeOffset now)
    {
        if (batch.Number <= state.Senders.GetValueOrDefault(batch.Sender).Number)
        {
            return state;
        }

        state = Turn(state, now) with { Senders = state.Senders.SetItem(batch.Sender, new LedgerSender(batch.Number, now)) };
        foreach (var report in batch.Reports)
        {
            state = Apply(state, report, batch.Sender, now);
        }

        return state;
    }

    /// <summary>Ends what nobody will report of any more.</summary>
    /// <param name="state">The ledger.</param>
    /// <param name="now">The time.</param>
    /// <param name="isAlive">Whether a process, by its name as a sender, is part of the cluster.</param>
    /// <returns>The ledger, and the sessions to ask: they have been silent for a while without having settled.</returns>
    public static (LedgerState State, string[] Ask) Sweep(LedgerState state, DateTimeOffset now, Func<string, bool> isAlive)
    {
        List<string> ask = [];
        foreach (var (name, entry) in state.Open)
        {
            var silence = now - entry.News;
            if (entry.IsSession && !entry.WorkerDone)
            {
                if (silence >= Asking || (silence >= Mourning && entry.Worker is { } worker && !isAlive(worker)))
                {
                    ask.Add(name);
                    state = state with { Open = state.Open.SetItem(name, entry with { News = now }) };
                }
            }
            else if (entry.IsSession ? silence >= Settling : IsOver(entry, silence, isAlive))
            {
                state = Close(Turn(state, now), name, entry, now);
            }
        }

        var old = state.Closed.Where(closed => now - closed.Value.News > Remembering).Select(closed => closed.Key).ToArray();
        state = old.Length == 0 ? state : state with { Closed = state.Closed.RemoveRange(old) };
        var forgotten = state.Senders.Where(sender => now - sender.Value.Heard > SenderAge).Select(sender => sender.Key).ToArray();
        return (forgotten.Length == 0 ? state : state with { Senders = state.Senders.RemoveRange(forgotten) }, [.. ask]);
    }

    /// <summary>Drops a session that does not exist any more.</summary>
    public static LedgerState Forget(LedgerState state, string entry) => state with { Open = state.Open.Remove(entry) };

    private static LedgerState Apply(LedgerState state, LedgerReport report, string sender, DateTimeOffset now)
    {
        if (report.Source == LedgerSource.Whole)
        {
            return Count(state, report.Model, report.Counts);
        }

        if (state.Closed.TryGetValue(report.Entry, out var closed))
        {
            return Count(state, closed.Model, report.Counts.Beyond(closed.Counted)) with
            {
                Closed = state.Closed.SetItem(report.Entry, closed with { Counted = closed.Counted.Max(report.Counts) }),
            };
        }

        if (!state.Open.TryGetValue(report.Entry, out var entry))
        {
            if (!report.Opens)
            {
                return state;
            }

            entry = new LedgerEntry { Model = report.Model, IsSession = report.Source == LedgerSource.Session, Counted = report.Base };
        }

        state = Count(state, entry.Model, report.Counts.Beyond(entry.Counted));
        entry = Note(entry, report, sender) with
        {
            Counted = entry.Counted.Max(report.Counts),
            Taken = Math.Max(entry.Taken, report.Taken),
            News = now,
        };
        return !entry.IsSession && entry.WorkerDone && (entry.ReaderDone || entry.Reader is null)
            ? Close(state, report.Entry, entry, now)
            : state with { Open = state.Open.SetItem(report.Entry, entry) };
    }

    private static LedgerEntry Note(LedgerEntry entry, LedgerReport report, string sender) => report.Source switch
    {
        LedgerSource.Reader => entry with { Reader = sender, ReaderDone = entry.ReaderDone || report.Done },

        // A session, or another worker, that goes on: what was said before it does not hold any more.
        LedgerSource.Session => entry with { Worker = sender, WorkerDone = report.Done },
        _ when report.Epoch < entry.Epoch => entry,
        _ when report.Opens => entry with { Worker = sender, Epoch = report.Epoch, Reader = entry.Reader ?? report.Reader, WorkerDone = report.Done },
        _ => entry with { WorkerDone = entry.WorkerDone || report.Done },
    };

    private static bool IsOver(LedgerEntry entry, TimeSpan silence, Func<string, bool> isAlive)
    {
        if (silence < Mourning)
        {
            return false;
        }

        if (entry.Reader is null)
        {
            return silence >= Patience && !(entry.Worker is { } only && isAlive(only) && silence < Longest);
        }

        var isRead = !entry.ReaderDone && isAlive(entry.Reader);
        var isGenerated = !entry.WorkerDone && entry.Worker is { } worker && isAlive(worker);
        return silence >= Longest || (!isRead && (!isGenerated || silence >= Patience) && (entry.Worker is not null || silence >= Asking));
    }

    private static LedgerState Close(LedgerState state, string name, LedgerEntry entry, DateTimeOffset now)
    {
        var last = new UsageCounts();
        if (!entry.IsSession && !entry.ReaderDone)
        {
            // Only the reader knows what it wrote. Now that it cannot say, what it may have taken is the most that it can have written.
            last = last with { DeliveredTokens = Math.Max(entry.Taken - entry.Counted.DeliveredTokens, 0) };
            if (!entry.WorkerDone)
            {
                last = last with { Aborted = Math.Max(entry.Counted.Requests - entry.Counted.Aborted, 0) };
            }
        }

        state = Count(state, entry.Model, last) with { Open = state.Open.Remove(name) };
        return entry.IsSession ? state : state with { Closed = state.Closed.SetItem(name, entry with { Counted = entry.Counted + last, News = now }) };
    }

    // A ledger that moves to a silo whose clock is behind stays at its day: a day that is over never changes.
    private static LedgerState Turn(LedgerState state, DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        return day > state.Day ? state with { Day = day } : state;
    }

    private static LedgerState Count(LedgerState state, string model, UsageCounts counts)
    {
        var day = new LedgerDay(state.Day, model);
        return counts == default ? state : state with { Days = state.Days.SetItem(day, state.Days.GetValueOrDefault(day) + counts) };
    }
}
