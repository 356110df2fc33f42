using System.Globalization;
using Foxtrot.Contracts;

namespace Foxtrot.Cluster.Tenants;

/// <summary>What a tenant at one of its limits is told: which one, its value, what is left, and when there is more.</summary>
internal static class QuotaRefusals
{
    private const string RateCode = "rate_limit_exceeded";
    private const double SecondsPerMinute = 60;

    /// <summary>Nobody who knows what is left could be reached.</summary>
    public static Refusal Unreachable { get; } =
        new(RefusalKind.Unavailable, "what is left of the tenant's limits cannot be told at the moment; try again", Code: "quota_unavailable", RetryAfterSeconds: 1);

    /// <summary>No request is left.</summary>
    /// <param name="limit">Requests per minute.</param>
    /// <param name="left">What is left.</param>
    public static Refusal Requests(long limit, double left)
    {
        var wait = Wait(1, left, limit);
        return new(RefusalKind.QueueFull, Text($"the tenant's requests per minute must be at most {limit}, and none is left; try again in {wait} s"), Code: RateCode, RetryAfterSeconds: wait);
    }

    /// <summary>Too few tokens are left.</summary>
    /// <param name="limit">Tokens per minute.</param>
    /// <param name="wanted">What the request reserves.</param>
    /// <param name="left">What is left.</param>
    public static Refusal Tokens(long limit, long wanted, double left)
    {
        var wait = Wait(wanted, left, limit);
        return new(
            RefusalKind.QueueFull,
            Text($"the tenant's tokens per minute must be at most {limit}: the request reserves {wanted} (its prompt, and max_tokens for each choice), and {Math.Max(0, Math.Floor(left))} are left; try again in {wait} s"),
            Code: RateCode,
            RetryAfterSeconds: wait);
    }

    /// <summary>Too many sequences run or wait.</summary>
    public static Refusal Sequences(int limit, int inUse) => new(
        RefusalKind.QueueFull,
        Text($"the tenant's concurrent sequences must be at most {limit}, and {Math.Max(limit, inUse)} are held"),
        Code: "concurrency_limit_exceeded",
        RetryAfterSeconds: 1);

    private static int Wait(double wanted, double left, long perMinute) =>
        (int)Math.Clamp(Math.Ceiling((wanted - left) * SecondsPerMinute / perMinute), 1, int.MaxValue);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
