namespace Foxtrot.Cluster.Tenants;

/// <summary>How large leases of a tenant's limits are, and how long they last. One place, for both ends.</summary>
internal static class LeaseTerms
{
    /// <summary>How long a lease may be spent from after it was asked for.</summary>
    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(10);

    /// <summary>When a lease in use is renewed: so that several tries fit before it ends.</summary>
    public static TimeSpan RenewAfter { get; } = TimeSpan.FromSeconds(3);

    /// <summary>How long what was spent may go untold.</summary>
    public static TimeSpan TellAfter { get; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nobody spends from a lease before it goes back.</summary>
    public static TimeSpan Idle { get; } = TimeSpan.FromSeconds(3);

    /// <summary>The largest spare part of what is left that one process holds: an eighth, so that eight find something.</summary>
    public const int ShareOfLeft = 8;

    /// <summary>The largest spare part of the whole limit that one process holds: a sixteenth.</summary>
    public const int ShareOfLimit = 16;

    /// <summary>What a process may hold beyond what somebody waits for. 0 where the limit is too small to be shared out.</summary>
    /// <param name="left">What is left for everybody.</param>
    /// <param name="limit">The limit.</param>
    public static long Spare(long left, long limit) => Math.Max(0, Math.Min(left / ShareOfLeft, limit / ShareOfLimit));
}
