using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>One tenant's limit of concurrent sequences, and the permits that processes hold of it.</summary>
/// <remarks>
/// Permits held never exceed the limit, but for sequences that were resumed, which are never refused, and
/// <list type="bullet">
/// <item>those of a process that cannot be heard for longer than a lease lasts: they count as freed, because it is probably dead;</item>
/// <item>after the loss of the activation with its memory: those of processes that the first to ask had not heard of, until they
/// renew, which they do within <see cref="LeaseTerms.RenewAfter"/>.</item>
/// </list>
/// Pure; time is an argument. Not thread-safe.
/// </remarks>
internal sealed class PermitQuota
{
    private readonly Dictionary<string, Lease> _leases = new(StringComparer.Ordinal);
    private readonly HashSet<string> _heard = new(StringComparer.Ordinal);
    private int _unheard;
    private TimeSpan? _unheardUntil;

    /// <summary>Permits that processes hold, those included that are only known from others.</summary>
    public int Leased => _leases.Values.Sum(lease => lease.Held) + _unheard;

    /// <summary>Takes a report and grants what there is.</summary>
    /// <param name="holder">Who asks.</param>
    /// <param name="ask">What it says.</param>
    /// <param name="limit">The limit; null is none.</param>
    /// <param name="now">The time.</param>
    public PermitReply Exchange(string holder, PermitAsk ask, int? limit, TimeSpan now)
    {
        var keep = Math.Max(0, ask.Keep);
        var wanted = Math.Max(keep, ask.Wanted);
        _unheardUntil ??= now + LeaseTerms.Duration;
        Expire(now);
        _leases.Remove(holder);
        if (_heard.Add(holder) && now < _unheardUntil)
        {
            // It is one of those that were only known from others; and what it knows of others may be more than is known here.
            _unheard = Math.Max(0, _unheard - keep);
            _unheard = Math.Max(_unheard, (ask.Others ?? 0) - _leases.Values.Sum(lease => lease.Held));
        }

        var others = Leased;
        if (limit is not { } most)
        {
            return new PermitReply(wanted, others);
        }

        var free = Math.Max(0, most - others);
        var held = Math.Max(keep, Math.Min(wanted, free));
        if (ask.Spare && held == wanted)
        {
            held += (int)LeaseTerms.Spare(free - held, most);
        }

        if (held > 0)
        {
            _leases[holder] = new Lease(held, now + LeaseTerms.Duration);
        }

        return new PermitReply(held, others);
    }

    private void Expire(TimeSpan now)
    {
        if (now >= _unheardUntil)
        {
            _unheard = 0;
        }

        foreach (var (holder, lease) in _leases)
        {
            if (lease.Ends <= now)
            {
                _leases.Remove(holder);
            }
        }
    }

    private readonly record struct Lease(int Held, TimeSpan Ends);
}
