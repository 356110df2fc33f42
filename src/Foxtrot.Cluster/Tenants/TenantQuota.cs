using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>All limits of one tenant, as its quota grain keeps them.</summary>
/// <remarks>Pure; time is an argument. Not thread-safe. <see cref="RateQuota"/> and <see cref="PermitQuota"/> state what may be overshot.</remarks>
internal sealed class TenantQuota
{
    private readonly Dictionary<string, (long Number, QuotaReply Reply)> _answered = new(StringComparer.Ordinal);

    /// <summary>Requests per minute.</summary>
    public RateQuota Requests { get; } = new();

    /// <summary>Tokens per minute.</summary>
    public RateQuota Tokens { get; } = new();

    /// <summary>Concurrent sequences.</summary>
    public PermitQuota Sequences { get; } = new();

    /// <summary>Answers a process. A question that has been answered is answered the same, whether its first answer arrived or not.</summary>
    /// <param name="ask">What it says and wants.</param>
    /// <param name="limits">The limits in force.</param>
    /// <param name="now">The time, on a clock that never steps.</param>
    public QuotaReply Exchange(QuotaAsk ask, TenantLimits limits, TimeSpan now)
    {
        if (_answered.TryGetValue(ask.Holder, out var last) && ask.Number <= last.Number)
        {
            return last.Reply;
        }

        var reply = new QuotaReply
        {
            Requests = ask.Requests is { } requests ? Requests.Exchange(ask.Holder, requests, limits.RequestsPerMinute, now) : null,
            Tokens = ask.Tokens is { } tokens ? Tokens.Exchange(ask.Holder, tokens, limits.TokensPerMinute, now) : null,
            Sequences = ask.Sequences is { } sequences ? Sequences.Exchange(ask.Holder, sequences, limits.ConcurrentSequences, now) : null,
        };
        _answered[ask.Holder] = (ask.Number, reply);
        return reply;
    }
}
