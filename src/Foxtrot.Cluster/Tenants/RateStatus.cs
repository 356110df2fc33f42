namespace Foxtrot.Cluster.Tenants;

/// <summary>How a limit per minute stands, as far as this process knows: as of its last exchange, and refilled since.</summary>
/// <param name="Limit">The limit, for the whole cluster.</param>
/// <param name="Remaining">What is left of it, 0 to <paramref name="Limit"/>.</param>
/// <param name="Reset">How long until all of it is there again, if nobody spends.</param>
public readonly record struct RateStatus(long Limit, long Remaining, TimeSpan Reset)
{
    private const double SecondsPerMinute = 60;

    internal static RateStatus Of(long limit, double left) => new(
        limit,
        (long)Math.Clamp(Math.Floor(left), 0, limit),
        TimeSpan.FromSeconds(Math.Max(0, (limit - left) * SecondsPerMinute / limit)));
}
