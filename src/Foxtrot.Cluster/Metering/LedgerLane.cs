using Foxtrot.Contracts;
using Foxtrot.Contracts.Metering;

namespace Foxtrot.Cluster.Metering;

/// <summary>Reports on their way to one ledger. What comes while a batch is under way is merged, and goes with the next one.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="tenant">Whose ledger.</param>
/// <param name="sender">This process.</param>
/// <param name="send">Sends a batch; false when it has to be sent again.</param>
/// <param name="time">The clock.</param>
internal sealed class LedgerLane(string tenant, string sender, Func<string, LedgerBatch, Task<bool>> send, TimeProvider time)
{
    private const int LargestBatch = 1000;

    /// <summary>How long a report that nobody waits for waits for others: it bounds what the ledger costs per second.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Entry, LedgerSource Source), Pending> _pending = [];
    private TaskCompletionSource _hurry = NewSignal();
    private Task _sending = Task.CompletedTask;
    private long _number;
    private int _underway;

    /// <summary>Reports that are not acknowledged.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _pending.Count + _underway;
            }
        }
    }

    /// <summary>Takes a report.</summary>
    /// <param name="report">What is known.</param>
    /// <param name="stored">Completed once it is stored; null when nobody waits for it.</param>
    public void Add(LedgerReport report, TaskCompletionSource? stored)
    {
        lock (_lock)
        {
            var key = (report.Entry, report.Source);
            var before = _pending.GetValueOrDefault(key);
            _pending[key] = new Pending(before?.Report.Then(report) ?? report, stored is null ? before?.Stored ?? [] : [.. before?.Stored ?? [], stored]);
            if (stored is not null)
            {
                _hurry.TrySetResult();
            }

            if (_sending.IsCompleted)
            {
                // Not on the caller's scheduler: a grain's would end with the grain.
                _sending = Task.Run(SendAsync);
            }
        }
    }

    /// <summary>Sends without waiting for more; completes once everything is acknowledged.</summary>
    public async Task FlushAsync()
    {
        while (true)
        {
            Task sending;
            lock (_lock)
            {
                if (_pending.Count + _underway == 0)
                {
                    return;
                }

                _hurry.TrySetResult();
                sending = _sending;
            }

            await sending;
        }
    }

    private async Task SendAsync()
    {
        CallOrigin.Leave();
        while (true)
        {
            await _hurry.Task.WaitAsync(Gathering, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var taken = Take();
            var batch = new LedgerBatch(sender, ++_number, [.. taken.Select(pending => pending.Report)]);
            for (var pause = FirstRetry; !await send(tenant, batch); pause = pause * 2 > LongestRetry ? LongestRetry : pause * 2)
            {
                await Task.Delay(pause, time);
            }

            foreach (var stored in taken.SelectMany(pending => pending.Stored))
            {
                stored.TrySetResult();
            }

            lock (_lock)
            {
                _underway = 0;
                if (_pending.Count == 0)
                {
                    _sending = Task.CompletedTask;
                    return;
                }
            }
        }
    }

    private Pending[] Take()
    {
        lock (_lock)
        {
            var taken = _pending.Take(LargestBatch).ToArray();
            foreach (var (key, _) in taken)
            {
                _pending.Remove(key);
            }

            // Whoever waits for one that is left behind does not wait for the gathering as well.
            if (!_pending.Values.Any(pending => pending.Stored.Length > 0))
            {
                _hurry = NewSignal();
            }

            _underway = taken.Length;
            return [.. taken.Select(pair => pair.Value)];
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Pending(LedgerReport Report, TaskCompletionSource[] Stored);
}
