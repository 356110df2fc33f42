using System.Diagnostics;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>One process's leases of one tenant's limits: spends them without a call, and talks to the quota grain, one exchange at a time.</summary>
/// <remarks>
/// Whoever finds nothing left waits for the next exchange, which asks for all who wait; when that grants too little, the refusal holds for
/// a moment, so that a tenant at its limit costs few exchanges however often it asks. Thread-safe.
/// </remarks>
internal sealed class TenantLeases
{
    // How long a refusal is good for others: what the next one would hear is no different.
    private static readonly TimeSpan RefusalHolds = TimeSpan.FromMilliseconds(100);

    // How long a sequence waits for a permit that another process is just giving back.
    private static readonly TimeSpan PermitGrace = TimeSpan.FromMilliseconds(100);

    // Exchanges of a tenant at its limit are so far apart at least, on the machine's clock: who comes in between shares the next one.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private readonly LeaseBalances _balances = new();
    private readonly string _holder;
    private readonly Func<QuotaAsk, Task<QuotaReply?>> _exchange;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private long _number;
    private long _exchanged;
    private Task? _talk;
    private TimeSpan _shortUntil;
    private TimeSpan _permitsShortUntil;

    /// <param name="holder">The process's name.</param>
    /// <param name="exchange">Asks the quota grain, patiently; null when it could not be reached.</param>
    /// <param name="time">The clock.</param>
    public TenantLeases(string holder, Func<QuotaAsk, Task<QuotaReply?>> exchange, TimeProvider time)
    {
        _holder = holder;
        _exchange = exchange;
        _time = time;
        _origin = time.GetTimestamp();
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Spends requests and tokens, both or neither.</summary>
    /// <returns>Null, or why not.</returns>
    public ValueTask<Refusal?> TakeAsync(TenantLimits limits, int requests, long tokens, CancellationToken cancellationToken) =>
        TakeAsync(new LeaseWant(limits, limits.RequestsPerMinute is null ? 0 : requests, limits.TokensPerMinute is null ? 0 : tokens, false), cancellationToken);

    /// <summary>Takes a permit for a sequence.</summary>
    /// <returns>Null, or why not.</returns>
    public ValueTask<Refusal?> TakePermitAsync(TenantLimits limits, CancellationToken cancellationToken) =>
        TakeAsync(new LeaseWant(limits, 0, 0, true), cancellationToken);

    /// <summary>Counts a sequence that was accepted before.</summary>
    public void ResumePermit()
    {
        lock (_lock)
        {
            _balances.Sequences.Resume(Now);
            Talk();
        }
    }

    /// <summary>Gives a permit back.</summary>
    public void ReleasePermit()
    {
        lock (_lock)
        {
            _balances.Sequences.Release(Now);
            _permitsShortUntil = default;
            Serve();
            Talk();
        }
    }

    /// <summary>Replaces reserved tokens by those that were used.</summary>
    public void SettleTokens(long reserved, long used, long perMinute)
    {
        lock (_lock)
        {
            if (used > reserved)
            {
                _balances.Tokens.Charge(used - reserved);
            }
            else
            {
                _balances.Tokens.Give(reserved - used, perMinute, Now);
                Serve();
            }

            Talk();
        }
    }

    /// <summary>What is left of the limits per minute, as far as known here.</summary>
    public (double Requests, double Tokens) Left(TenantLimits limits)
    {
        lock (_lock)
        {
            return (_balances.Requests.Left(limits.RequestsPerMinute ?? 0, Now), _balances.Tokens.Left(limits.TokensPerMinute ?? 0, Now));
        }
    }

    /// <summary>Renews what is in use and gives back what is not. To be called about once a second.</summary>
    public void Tick()
    {
        lock (_lock)
        {
            Talk();
        }
    }

    /// <summary>Gives everything back.</summary>
    public async Task LeaveAsync()
    {
        Task? talk;
        lock (_lock)
        {
            talk = _talk;
        }

        if (talk is not null)
        {
            await talk;
        }

        await ExchangeAsync(leaves: true);
    }

    private ValueTask<Refusal?> TakeAsync(LeaseWant want, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = Now;
            if (TryTake(want, now))
            {
                return default;
            }

            if (now < (want.Sequence ? _permitsShortUntil : _shortUntil) && _balances.IsShort(want, now))
            {
                return new(_balances.Refuse(want, now));
            }

            var waiter = new Waiter(want, want.Sequence ? now + PermitGrace : now);
            _waiters.AddLast(waiter);
            Talk();
            return new(WaitAsync(waiter, cancellationToken));
        }
    }

    private async Task<Refusal?> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            return await waiter.Answer.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Withdraw(waiter);
            throw;
        }
    }

    private void Withdraw(Waiter waiter)
    {
        lock (_lock)
        {
            if (_waiters.Remove(waiter))
            {
                return;
            }

            // It was served just then.
            if (waiter.Answer.Task.Result is not null)
            {
                return;
            }

            _balances.Give(waiter.Want, Now);
        }
    }

    private bool TryTake(in LeaseWant want, TimeSpan now)
    {
        if (!_balances.TryTake(want, now))
        {
            return false;
        }

        if (!want.Sequence && _balances.WantsExchange(now))
        {
            Talk();
        }

        return true;
    }

    // Serves those who wait, as far as there is something.
    private void Serve()
    {
        var now = Now;
        for (var node = _waiters.First; node is not null;)
        {
            var next = node.Next;
            if (TryTake(node.Value.Want, now))
            {
                _waiters.Remove(node);
                node.Value.Answer.TrySetResult(null);
            }

            node = next;
        }
    }

    // Starts to talk with the quota unless that is being done; outside of the grain or the request that happens to ask.
    private void Talk()
    {
        if (_talk is null && WantsExchange())
        {
            _talk = Task.Run(TalkAsync);
        }
    }

    private bool WantsExchange() => _waiters.Count > 0 || _balances.WantsExchange(Now);

    private async Task TalkAsync()
    {
        CallOrigin.Leave();
        while (true)
        {
            if (Stopwatch.GetElapsedTime(_exchanged) is var passed && passed < Pace)
            {
                await Task.Delay(Pace - passed);
            }

            var reached = await ExchangeAsync(leaves: false);
            _exchanged = Stopwatch.GetTimestamp();
            lock (_lock)
            {
                // Unreachable, there is no point in going on for nobody; the next tick tries again.
                if (reached ? !WantsExchange() : _waiters.Count == 0)
                {
                    _talk = null;
                    return;
                }
            }
        }
    }

    private async Task<bool> ExchangeAsync(bool leaves)
    {
        QuotaAsk ask;
        Waiter[] asking;
        TimeSpan asked;
        lock (_lock)
        {
            asked = Now;
            asking = [.. _waiters];
            ask = _balances.Ask(_holder, ++_number, [.. asking.Select(waiter => waiter.Want)], leaves, asked);
        }

        if (ask is { Requests: null, Tokens: null, Sequences: null })
        {
            return true;
        }

        var reply = await _exchange(ask);
        lock (_lock)
        {
            var now = Now;
            _balances.Apply(ask, reply, asked, now);
            Serve();
            foreach (var waiter in asking)
            {
                Conclude(waiter, reply is not null, now);
            }

            return reply is not null;
        }
    }

    // What becomes of somebody whom an exchange has asked for and who has got nothing.
    private void Conclude(Waiter waiter, bool reached, TimeSpan now)
    {
        if (waiter.Answer.Task.IsCompleted || (reached && now < waiter.GraceEnds) || !_waiters.Remove(waiter))
        {
            return;
        }

        if (reached && waiter.Want.Sequence)
        {
            _permitsShortUntil = now + RefusalHolds;
        }
        else if (reached)
        {
            _shortUntil = now + RefusalHolds;
        }

        waiter.Answer.TrySetResult(reached ? _balances.Refuse(waiter.Want, now) : QuotaRefusals.Unreachable);
    }

    private sealed class Waiter(LeaseWant want, TimeSpan graceEnds)
    {
        public LeaseWant Want => want;

        public TimeSpan GraceEnds => graceEnds;

        public TaskCompletionSource<Refusal?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
