namespace Foxtrot.Contracts.Metering;

/// <summary>What was used, in requests and tokens; none negative, except where two are subtracted.</summary>
/// <remarks>Append-only contract.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.usage_counts")]
public readonly record struct UsageCounts
{
    /// <summary>Requests that generate or compute again, those that were aborted included; several outputs of one request count once.</summary>
    [Id(0)]
    public long Requests { get; init; }

    /// <summary>Of these, the ones that did not come to their end: the client left, cancelled, or something failed.</summary>
    [Id(1)]
    public long Aborted { get; init; }

    /// <summary>Given tokens, once per prompt however many outputs it had.</summary>
    [Id(2)]
    public long PromptTokens { get; init; }

    /// <summary>Of these, the ones that needed no computing.</summary>
    [Id(3)]
    public long CachedTokens { get; init; }

    /// <summary>Generated tokens, delivered or not. Tokens computed again after a failure count once.</summary>
    [Id(4)]
    public long GeneratedTokens { get; init; }

    /// <summary>Of these, the ones that were handed to a client.</summary>
    [Id(5)]
    public long DeliveredTokens { get; init; }

    /// <summary>Generated tokens that were handed to nobody yet. Negative for a day on which older tokens were read.</summary>
    public long UndeliveredTokens => GeneratedTokens - DeliveredTokens;

    /// <summary>Both together.</summary>
    public static UsageCounts operator +(UsageCounts a, UsageCounts b) => Combine(a, b, static (x, y) => x + y);

    /// <summary>Of each count the larger: what two witnesses of the same thing know together.</summary>
    public UsageCounts Max(UsageCounts other) => Combine(this, other, Math.Max);

    /// <summary>What of these is not in counts that are known already.</summary>
    public UsageCounts Beyond(UsageCounts known) => Combine(this, known, static (x, y) => Math.Max(x - y, 0));

    private static UsageCounts Combine(UsageCounts a, UsageCounts b, Func<long, long, long> combine) => new()
    {
        Requests = combine(a.Requests, b.Requests),
        Aborted = combine(a.Aborted, b.Aborted),
        PromptTokens = combine(a.PromptTokens, b.PromptTokens),
        CachedTokens = combine(a.CachedTokens, b.CachedTokens),
        GeneratedTokens = combine(a.GeneratedTokens, b.GeneratedTokens),
        DeliveredTokens = combine(a.DeliveredTokens, b.DeliveredTokens),
    };
}
