using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>The directory as it is stored.</summary>
/// <remarks>
/// Append-only contract: fields are only ever added, never renumbered or reused. A test reads a stored blob of the first version.
/// Never changed once made: a change makes another one, so that a store may serialize it at any time.
/// </remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.tenant_directory_state")]
public sealed record TenantDirectoryState
{
    /// <summary>The version that this code writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Entries of the audit log that are kept.</summary>
    public const int AuditEntries = 1000;

    /// <summary>Which version wrote it; 0 when nothing is stored.</summary>
    [Id(0)]
    public int Version { get; init; }

    /// <summary>Grows with every change of the tenants.</summary>
    [Id(1)]
    public long Revision { get; init; }

    /// <summary>The tenants, by id.</summary>
    [Id(2)]
    public Tenant[] Tenants { get; init; } = [];

    /// <summary>The last <see cref="AuditEntries"/> entries of the audit log, the oldest first.</summary>
    [Id(3)]
    public AuditEntry[] Audit { get; init; } = [];

    /// <summary>The state after an action.</summary>
    /// <param name="tenants">The tenants after it; null leaves them.</param>
    /// <param name="action">What was done, as <see cref="AuditEntry.Action"/>.</param>
    /// <param name="target">To what.</param>
    /// <param name="by">By whom.</param>
    /// <param name="now">When.</param>
    public TenantDirectoryState After(IEnumerable<Tenant>? tenants, string action, string target, AdminActor by, DateTimeOffset now)
    {
        var entry = new AuditEntry { Number = Audit.Length == 0 ? 1 : Audit[^1].Number + 1, Time = now, By = by, Action = action, Target = target };
        return this with
        {
            Version = CurrentVersion,

            // The clock takes part so that a directory that begins anew does not repeat the numbers of the one that was lost.
            Revision = tenants is null ? Revision : Math.Max(Revision + 1, now.ToUnixTimeMilliseconds()),
            Tenants = tenants is null ? Tenants : [.. tenants.OrderBy(t => t.Id, StringComparer.Ordinal)],
            Audit = [.. Audit.Skip(Audit.Length + 1 - AuditEntries), entry],
        };
    }
}
