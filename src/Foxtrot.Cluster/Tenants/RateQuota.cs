using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>One limit per minute of one tenant: a bucket, and what processes hold of it on leases.</summary>
/// <remarks>
/// What is on leases takes room in the bucket, so that level and leases together never exceed one minute's worth: in any stretch of
/// T seconds, all processes together get at most limit × (1 + T / 60), however many they are. Beyond that they may spend
/// <list type="bullet">
/// <item>what a process keeps of settled reservations without giving it back first: a sixteenth of the limit for each;</item>
/// <item>debts: what requests turn out to have cost beyond what they reserved. Later ones have to wait for it;</item>
/// <item>after the loss of the activation with its memory: nothing, when all that is spent goes through one process; else what
/// others drew since the first to ask had last heard of the level. It is taken off again when they ask, and is in no case more than
/// one minute's worth.</item>
/// </list>
/// A lease that is not renewed counts as spent. Pure; time is an argument. Not thread-safe.
/// </remarks>
internal sealed class RateQuota
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);
    private readonly HashSet<string> _heard = new(StringComparer.Ordinal);
    private TokenBucket? _bucket;
    private TimeSpan _started;
    private double _first;

    /// <summary>What processes hold.</summary>
    public long Leased => _leases.Values.Sum(lease => lease.Held);

    /// <summary>What is left for everybody.</summary>
    public double Level => _bucket?.Level ?? 0;

    /// <summary>Takes a report and grants what there is.</summary>
    /// <param name="holder">Who asks.</param>
    /// <param name="ask">What it says.</param>
    /// <param name="perMinute">The limit; null is none.</param>
    /// <param name="now">The time.</param>
    public RateReply Exchange(string holder, RateAsk ask, long? perMinute, TimeSpan now)
    {
        if (perMinute is not { } limit)
        {
            // The asking process knows of a limit that is no more, or not yet, known here.
            return new RateReply(ask.Need, 0);
        }

        var held = Math.Clamp(ask.Held, 0, limit);
        var bucket = Open(_heard.Add(holder) ? ask.Seen : null, held, limit, now);
        Expire(now);
        _leases.Remove(holder);
        bucket.Take(Math.Max(0, ask.Debt));
        bucket.Add(Math.Max(0, ask.Returned), Leased + held);

        var left = (long)Math.Max(0, Math.Floor(bucket.Level));
        var granted = left >= ask.Need ? ask.Need : left >= ask.Least ? left : 0;
        if (ask.Spare && granted == ask.Need)
        {
            granted += Math.Max(0, LeaseTerms.Spare(left - granted, limit) - (ask.Need > 0 ? 0 : held));
        }

        bucket.Take(granted);
        if (held + granted > 0)
        {
            _leases[holder] = new Lease(held + granted, now + LeaseTerms.Duration);
        }

        return new RateReply(granted, bucket.Level);
    }

    // A quota without memory begins with what the asking process saw, refilled since; full when nobody has seen anything.
    private TokenBucket Open(RateSight? seen, long held, long limit, TimeSpan now)
    {
        if (_bucket is null)
        {
            _started = now;
            _first = seen is null ? limit : Then(seen, held, limit, now);
            _bucket = new TokenBucket(limit, _first, now);
            return _bucket;
        }

        if (_bucket.Capacity != limit)
        {
            _first *= (double)limit / _bucket.Capacity;
            _bucket.Resize(limit);
        }

        _bucket.Advance(now, Leased);
        if (seen is not null && now - _started < Minute && Then(seen, held, limit, now) is var then && then < _first)
        {
            // Somebody knows that less was left than this quota began with.
            _bucket.Take(_first - then);
            _first = then;
        }

        return _bucket;
    }

    // What a sight amounts to at the time when this quota began.
    private double Then(RateSight seen, long held, long limit, TimeSpan now)
    {
        var age = Math.Max(0, seen.AgeSeconds - (now - _started).TotalSeconds);
        return Math.Min(limit - Math.Max(held, seen.Held), seen.Level + (age * limit / Minute.TotalSeconds));
    }

    private void Expire(TimeSpan now)
    {
        foreach (var (holder, lease) in _leases)
        {
            if (lease.Ends <= now)
            {
                _leases.Remove(holder);
            }
        }
    }

    private readonly record struct Lease(long Held, TimeSpan Ends);
}
