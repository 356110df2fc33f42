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
    private readonly RateBalance _requests = new();
    private readonly RateBalance _tokens = new();
    private readonly PermitBalance _sequences = new();
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
        TakeAsync(new Want(limits, limits.RequestsPerMinute is null ? 0 : requests, limits.TokensPerMinute is null ? 0 : tokens, false), cancellationToken);

    /// <summary>Takes a permit for a sequence.</summary>
    /// <returns>Null, or why not.</returns>
    public ValueTask<Refusal?> TakePermitAsync(TenantLimits limits, CancellationToken cancellationToken) =>
        TakeAsync(new Want(limits, 0, 0, true), cancellationToken);

    /// <summary>Counts a sequence that was accepted before.</summary>
    public void ResumePermit()
    {
        lock (_lock)
        {
            _sequences.Resume(Now);
            Talk();
        }
    }

    /// <summary>Gives a permit back.</summary>
    public void ReleasePermit()
    {
        lock (_lock)
        {
            _sequences.Release(Now);
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
                _tokens.Charge(used - reserved);
            }
            else
            {
                _tokens.Give(reserved - used, perMinute, Now);
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
            return (_requests.Left(limits.RequestsPerMinute ?? 0, Now), _tokens.Left(limits.TokensPerMinute ?? 0, Now));
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

    private ValueTask<Refusal?> TakeAsync(Want want, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = Now;
            if (TryTake(want, now))
            {
                return default;
            }

            if (now < (want.Sequence ? _permitsShortUntil : _shortUntil) && IsShort(want, now))
            {
                return new(Refuse(want, now));
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

            var (now, want) = (Now, waiter.Want);
            if (want.Sequence)
            {
                _sequences.Release(now);
            }

            _requests.Give(want.Requests, want.Limits.RequestsPerMinute ?? 0, now);
            _tokens.Give(want.Tokens, want.Limits.TokensPerMinute ?? 0, now);
        }
    }

    private bool TryTake(in Want want, TimeSpan now)
    {
        if (want.Sequence)
        {
            return _sequences.TryTake(now);
        }

        if (!_requests.Has(want.Requests, now) || !_tokens.Has(want.Tokens, now))
        {
            return false;
        }

        _requests.Take(want.Requests, now);
        _tokens.Take(want.Tokens, now);
        if (_requests.WantsExchange(now) || _tokens.WantsExchange(now))
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

    private bool WantsExchange()
    {
        var now = Now;
        return _waiters.Count > 0 || _requests.WantsExchange(now) || _tokens.WantsExchange(now) || _sequences.WantsExchange(now);
    }

    private async Task TalkAsync()
    {
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
            ask = new QuotaAsk
            {
                Holder = _holder,
                Number = ++_number,
                Requests = _requests.Ask(asking.Sum(w => w.Want.Requests), Least(asking, w => w.Want.Requests), leaves, asked),
                Tokens = _tokens.Ask(asking.Sum(w => w.Want.Tokens), Least(asking, w => w.Want.Tokens), leaves, asked),
                Sequences = _sequences.Ask(asking.Count(w => w.Want.Sequence), leaves, asked),
            };
        }

        if (ask is { Requests: null, Tokens: null, Sequences: null })
        {
            return true;
        }

        var reply = await _exchange(ask);
        lock (_lock)
        {
            var now = Now;
            Apply(_requests, ask.Requests, reply?.Requests, asked, now);
            Apply(_tokens, ask.Tokens, reply?.Tokens, asked, now);
            if (ask.Sequences is not null)
            {
                if (reply?.Sequences is { } sequences)
                {
                    _sequences.Apply(ask.Sequences, sequences, asked);
                }
                else
                {
                    _sequences.Fail(now);
                }
            }

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

        waiter.Answer.TrySetResult(reached ? Refuse(waiter.Want, now) : QuotaRefusals.Unreachable);
    }

    private bool IsShort(in Want want, TimeSpan now) =>
        want.Sequence
        || (want.Requests > 0 && _requests.Left(want.Limits.RequestsPerMinute ?? 0, now) < want.Requests)
        || (want.Tokens > 0 && _tokens.Left(want.Limits.TokensPerMinute ?? 0, now) < want.Tokens);

    private Refusal Refuse(in Want want, TimeSpan now)
    {
        var limits = want.Limits;
        if (want.Sequence)
        {
            return QuotaRefusals.Sequences(limits.ConcurrentSequences ?? 0, _sequences.InUse + _sequences.Others);
        }

        return limits.RequestsPerMinute is { } requests && _requests.Left(requests, now) is var left && left < want.Requests
            ? QuotaRefusals.Requests(requests, left)
            : QuotaRefusals.Tokens(limits.TokensPerMinute ?? 1, want.Tokens, _tokens.Left(limits.TokensPerMinute ?? 1, now));
    }

    private static void Apply(RateBalance balance, RateAsk? ask, RateReply? reply, TimeSpan asked, TimeSpan now)
    {
        if (ask is null)
        {
            return;
        }

        if (reply is null)
        {
            balance.Fail();
        }
        else
        {
            balance.Apply(ask, reply, asked, now);
        }
    }

    private static long Least(Waiter[] waiters, Func<Waiter, long> amount) =>
        waiters.Select(amount).Where(wanted => wanted > 0).DefaultIfEmpty(0).Min();

    private readonly record struct Want(TenantLimits Limits, long Requests, long Tokens, bool Sequence);

    private sealed class Waiter(Want want, TimeSpan graceEnds)
    {
        public Want Want => want;

        public TimeSpan GraceEnds => graceEnds;

        public TaskCompletionSource<Refusal?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
