using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>What permits for concurrent sequences one process holds of one tenant, and how many are in use.</summary>
/// <remarks>Pure; time is an argument, that of a clock which never steps. Not thread-safe.</remarks>
internal sealed class PermitBalance
{
    private int _held;
    private int _spare;
    private int? _others;
    private bool _asking;
    private TimeSpan _ends;
    private TimeSpan _renews;
    private TimeSpan _used;

    /// <summary>Sequences that run or wait for a slot here.</summary>
    public int InUse { get; private set; }

    /// <summary>What others hold, as last heard.</summary>
    public int Others => _others ?? 0;

    /// <summary>Takes a permit that is here.</summary>
    public bool TryTake(TimeSpan now)
    {
        if (_asking || InUse >= _held || now >= _ends)
        {
            return false;
        }

        InUse++;
        _used = now;
        return true;
    }

    /// <summary>Counts a sequence that was accepted before, whether there is a permit or not.</summary>
    public void Resume(TimeSpan now)
    {
        InUse++;
        _used = now;
    }

    /// <summary>A sequence has ended.</summary>
    public void Release(TimeSpan now)
    {
        InUse--;
        _used = now;
    }

    /// <summary>Whether there is something to tell: too many permits here, or too few, or they would end.</summary>
    public bool WantsExchange(TimeSpan now) =>
        InUse > _held || _held - InUse > 2 * _spare || (_spare > 1 && _held - InUse < _spare / 2) || (_held > 0 && (now >= _renews || (InUse == 0 && IsIdle(now))));

    /// <summary>What to ask; null when there is nothing to say. Until the answer only permits in use stay.</summary>
    /// <param name="waiting">How many wait for a permit.</param>
    /// <param name="leaves">Whether the process takes no more.</param>
    /// <param name="now">The time.</param>
    public PermitAsk? Ask(int waiting, bool leaves, TimeSpan now)
    {
        if (waiting == 0 && !WantsExchange(now) && !(leaves && _held > 0))
        {
            return null;
        }

        _asking = true;
        return new PermitAsk(InUse, InUse + waiting, !leaves && (waiting > 0 || InUse > 0 || !IsIdle(now)), _others);
    }

    /// <summary>Takes an answer.</summary>
    /// <param name="ask">What was asked.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="asked">When it was asked: the lease lasts from then, so that it ends here before it does there.</param>
    public void Apply(PermitAsk ask, PermitReply reply, TimeSpan asked)
    {
        _asking = false;
        _held = reply.Held;
        _spare = Math.Max(0, reply.Held - ask.Wanted);
        _others = reply.Others;
        _ends = asked + LeaseTerms.Duration;
        _renews = asked + LeaseTerms.RenewAfter;
    }

    /// <summary>Nobody answered: only permits in use stay.</summary>
    public void Fail(TimeSpan now)
    {
        _asking = false;
        _held = InUse;
        _spare = 0;
        _renews = now;
    }

    private bool IsIdle(TimeSpan now) => now - _used >= LeaseTerms.Idle;
}
