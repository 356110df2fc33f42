using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>What one process holds of one limit per minute of one tenant, and what it knows of the rest.</summary>
/// <remarks>Pure; time is an argument, that of a clock which never steps. Not thread-safe.</remarks>
internal sealed class RateBalance
{
    private const double SecondsPerMinute = 60;

    private long _balance;
    private long _returning;
    private long _reporting;
    private long _target;
    private long _known;
    private long _seenHeld;
    private TimeSpan _ends;
    private TimeSpan _renews;
    private TimeSpan _tells;
    private TimeSpan _used;
    private double _level;
    private TimeSpan? _seen;

    /// <summary>What may be spent without asking; below 0 is debt that nobody has been told of.</summary>
    public long Balance => _balance;

    /// <summary>Whether an amount may be spent now.</summary>
    public bool Has(long amount, TimeSpan now)
    {
        Expire(now);
        return amount <= 0 || _balance >= amount;
    }

    /// <summary>Spends what <see cref="Has"/> allowed.</summary>
    public void Take(long amount, TimeSpan now)
    {
        if (amount > 0)
        {
            _balance -= amount;
            _used = now;
        }
    }

    /// <summary>Gives back what was reserved and not spent. More than a process's share of the limit goes back to everybody.</summary>
    public void Give(long amount, long perMinute, TimeSpan now)
    {
        Expire(now);
        var room = now < _ends ? Math.Max(0, (perMinute / LeaseTerms.ShareOfLimit) - _balance) : 0;
        var kept = Math.Min(amount, room);
        _balance += kept;
        _returning += amount - kept;
    }

    /// <summary>Spends what was not reserved, whether it is there or not.</summary>
    public void Charge(long amount) => _balance -= amount;

    /// <summary>Whether there is something to tell, or to fetch before it is missed. What is spent and not told keeps the bucket from refilling.</summary>
    public bool WantsExchange(TimeSpan now)
    {
        Expire(now);
        return _balance < 0 || _returning > 0 || (now >= _tells && _known - _balance > _target) || (_balance > 0 && (now >= _renews || IsIdle(now))) || (_target > 0 && _balance < _target / 2);
    }

    /// <summary>What to ask; null when there is nothing to say.</summary>
    /// <param name="wanted">What everybody who waits wants.</param>
    /// <param name="least">What whoever waits for least wants.</param>
    /// <param name="leaves">Whether the process takes no more and gives back all.</param>
    /// <param name="now">The time.</param>
    public RateAsk? Ask(long wanted, long least, bool leaves, TimeSpan now)
    {
        var wants = WantsExchange(now);
        if (wanted == 0 && !wants && !(leaves && _balance > 0))
        {
            return null;
        }

        var spare = !leaves && (wanted > 0 || !IsIdle(now));
        if (!spare && _balance > 0)
        {
            _returning += _balance;
            _balance = 0;
        }

        _reporting = Math.Max(0, -_balance);
        _balance += _reporting;
        var returned = _returning;
        _returning = 0;
        _target = 0;
        _known = _balance;
        return new RateAsk(
            Math.Max(0, wanted - _balance),
            Math.Max(0, least - _balance),
            _balance,
            returned,
            _reporting,
            spare,
            _seen is { } seen ? new RateSight(_level, _seenHeld, (now - seen).TotalSeconds) : null);
    }

    /// <summary>Takes an answer.</summary>
    /// <param name="ask">What was asked.</param>
    /// <param name="reply">The answer.</param>
    /// <param name="asked">When it was asked: the lease lasts from then, so that it ends here before it does there.</param>
    /// <param name="now">The time.</param>
    public void Apply(RateAsk ask, RateReply reply, TimeSpan asked, TimeSpan now)
    {
        _reporting = 0;
        Expire(now);
        _balance += reply.Granted;
        _ends = asked + LeaseTerms.Duration;
        _renews = asked + LeaseTerms.RenewAfter;
        _tells = asked + LeaseTerms.TellAfter;
        _target = reply.Granted > ask.Need ? reply.Granted - ask.Need + (ask.Need > 0 ? 0 : ask.Held) : 0;
        _level = reply.Level;
        _seen = now;
        _seenHeld = _known = ask.Held + reply.Granted;
        Expire(now);
    }

    /// <summary>Nobody answered: debts are told again, and what was given back counts as spent.</summary>
    public void Fail()
    {
        _balance -= _reporting;
        _reporting = 0;
    }

    /// <summary>What is left for everybody, as far as known here: full when nothing is.</summary>
    public double Left(long perMinute, TimeSpan now)
    {
        Expire(now);
        return _seen is { } seen
            ? Math.Min(perMinute, _level + _balance + _returning + ((now - seen).TotalSeconds * perMinute / SecondsPerMinute))
            : perMinute + Math.Min(0, _balance);
    }

    private bool IsIdle(TimeSpan now) => now - _used >= LeaseTerms.Idle;

    private void Expire(TimeSpan now)
    {
        if (now >= _ends && _balance > 0)
        {
            _balance = 0;
            _target = 0;
            _known = 0;
        }
    }
}
