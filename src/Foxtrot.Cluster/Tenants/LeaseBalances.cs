using Foxtrot.Contracts;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>What a process holds of one tenant's limits: requests, tokens and permits for sequences.</summary>
/// <remarks>Not thread-safe. Times are read by the caller, from any one origin.</remarks>
internal sealed class LeaseBalances
{
    /// <summary>Requests per minute.</summary>
    public RateBalance Requests { get; } = new();

    /// <summary>Tokens per minute.</summary>
    public RateBalance Tokens { get; } = new();

    /// <summary>Permits for sequences.</summary>
    public PermitBalance Sequences { get; } = new();

    /// <summary>Takes all that is wanted, or nothing.</summary>
    public bool TryTake(in LeaseWant want, TimeSpan now)
    {
        if (want.Sequence)
        {
            return Sequences.TryTake(now);
        }

        if (!Requests.Has(want.Requests, now) || !Tokens.Has(want.Tokens, now))
        {
            return false;
        }

        Requests.Take(want.Requests, now);
        Tokens.Take(want.Tokens, now);
        return true;
    }

    /// <summary>Gives back what was taken and is not needed.</summary>
    public void Give(in LeaseWant want, TimeSpan now)
    {
        if (want.Sequence)
        {
            Sequences.Release(now);
        }

        Requests.Give(want.Requests, want.Limits.RequestsPerMinute ?? 0, now);
        Tokens.Give(want.Tokens, want.Limits.TokensPerMinute ?? 0, now);
    }

    /// <summary>Whether the quota should be talked to.</summary>
    public bool WantsExchange(TimeSpan now) => Requests.WantsExchange(now) || Tokens.WantsExchange(now) || Sequences.WantsExchange(now);

    /// <summary>What to ask the quota for; with nothing in it when there is nothing to say.</summary>
    /// <param name="holder">The process's name.</param>
    /// <param name="number">The exchange's number.</param>
    /// <param name="wants">What is waited for.</param>
    /// <param name="leaves">Whether everything is given back.</param>
    /// <param name="now">The time.</param>
    public QuotaAsk Ask(string holder, long number, IReadOnlyList<LeaseWant> wants, bool leaves, TimeSpan now) => new()
    {
        Holder = holder,
        Number = number,
        Requests = Requests.Ask(wants.Sum(want => want.Requests), Least(wants, want => want.Requests), leaves, now),
        Tokens = Tokens.Ask(wants.Sum(want => want.Tokens), Least(wants, want => want.Tokens), leaves, now),
        Sequences = Sequences.Ask(wants.Count(want => want.Sequence), leaves, now),
    };

    /// <summary>Takes an answer in.</summary>
    /// <param name="ask">What was asked.</param>
    /// <param name="reply">The answer; null when the quota could not be reached.</param>
    /// <param name="asked">When it was asked.</param>
    /// <param name="now">The time.</param>
    public void Apply(QuotaAsk ask, QuotaReply? reply, TimeSpan asked, TimeSpan now)
    {
        Apply(Requests, ask.Requests, reply?.Requests, asked, now);
        Apply(Tokens, ask.Tokens, reply?.Tokens, asked, now);
        if (ask.Sequences is null)
        {
            return;
        }

        if (reply?.Sequences is { } sequences)
        {
            Sequences.Apply(ask.Sequences, sequences, asked);
        }
        else
        {
            Sequences.Fail(now);
        }
    }

    /// <summary>Whether the last that is known of the whole limit is less than what is wanted.</summary>
    public bool IsShort(in LeaseWant want, TimeSpan now) =>
        want.Sequence
        || (want.Requests > 0 && Requests.Left(want.Limits.RequestsPerMinute ?? 0, now) < want.Requests)
        || (want.Tokens > 0 && Tokens.Left(want.Limits.TokensPerMinute ?? 0, now) < want.Tokens);

    /// <summary>The refusal of what cannot be taken.</summary>
    public Refusal Refuse(in LeaseWant want, TimeSpan now)
    {
        var limits = want.Limits;
        if (want.Sequence)
        {
            return QuotaRefusals.Sequences(limits.ConcurrentSequences ?? 0, Sequences.InUse + Sequences.Others);
        }

        return limits.RequestsPerMinute is { } requests && Requests.Left(requests, now) is var left && left < want.Requests
            ? QuotaRefusals.Requests(requests, left)
            : QuotaRefusals.Tokens(limits.TokensPerMinute ?? 1, want.Tokens, Tokens.Left(limits.TokensPerMinute ?? 1, now));
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

    private static long Least(IReadOnlyList<LeaseWant> wants, Func<LeaseWant, long> amount) =>
        wants.Select(amount).Where(wanted => wanted > 0).DefaultIfEmpty(0).Min();
}

/// <summary>What somebody wants to take.</summary>
/// <param name="Limits">The tenant's limits.</param>
/// <param name="Requests">Requests; 0 when they are not limited.</param>
/// <param name="Tokens">Tokens; 0 when they are not limited.</param>
/// <param name="Sequence">Whether it is a permit for a sequence instead.</param>
internal readonly record struct LeaseWant(TenantLimits Limits, long Requests, long Tokens, bool Sequence);
