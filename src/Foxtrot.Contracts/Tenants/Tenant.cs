namespace Foxtrot.Contracts.Tenants;

/// <summary>Somebody who uses the cluster: whose sessions, usage and share of the hardware are apart from everybody else's.</summary>
/// <remarks>Append-only contract: tenants are stored.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.tenant")]
public sealed record Tenant
{
    /// <summary>The one tenant of a server without any configured: no key, no limits.</summary>
    public static Tenant Default { get; } = new() { Id = "default" };

    /// <summary>Its name in keys, metrics and the ledger: 1 to 64 of a–z, 0–9, '-', '_'; begins with a letter or digit.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Its share of the hardware relative to others when both want more than there is: 0.01 to 1,000, default 1.</summary>
    [Id(1)]
    public double Weight { get; init; } = 1;

    /// <summary>What it may use at most.</summary>
    [Id(2)]
    public TenantLimits Limits { get; init; } = TenantLimits.None;

    /// <summary>Its API keys, as hashes.</summary>
    [Id(3)]
    public TenantKey[] Keys { get; init; } = [];

    /// <summary>Whether it comes from a file, and is therefore changed there and not by the admin API.</summary>
    [Id(4)]
    public bool FromFile { get; init; }

    /// <summary>When it was created.</summary>
    [Id(5)]
    public DateTimeOffset Created { get; init; }
}
