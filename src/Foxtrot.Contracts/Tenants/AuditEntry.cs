namespace Foxtrot.Contracts.Tenants;

/// <summary>Who does something to the tenants or the workers.</summary>
/// <param name="Who"><c>admin</c>, or <c>file</c> for the tenants file.</param>
/// <param name="RequestId">The request that asked for it; empty when none did.</param>
/// <param name="Address">Where the request came from; null when unknown.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.admin_actor")]
public sealed record AdminActor([property: Id(0)] string Who, [property: Id(1)] string RequestId, [property: Id(2)] string? Address)
{
    /// <summary>The tenants file.</summary>
    public static AdminActor File { get; } = new("file", "", null);
}

/// <summary>Something that an administrator did. Holds neither keys nor their hashes.</summary>
/// <remarks>Append-only contract: entries are stored.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.audit_entry")]
public sealed record AuditEntry
{
    /// <summary>Its number: one more than that of the entry before.</summary>
    [Id(0)]
    public required long Number { get; init; }

    /// <summary>When.</summary>
    [Id(1)]
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who.</summary>
    [Id(2)]
    public required AdminActor By { get; init; }

    /// <summary>What: <c>tenant.create</c>, <c>tenant.replace</c>, <c>tenant.delete</c>, <c>key.create</c>, <c>key.revoke</c>, <c>tenants.import</c>, <c>worker.drain</c>.</summary>
    [Id(3)]
    public required string Action { get; init; }

    /// <summary>To what: a tenant, <c>tenant/key</c>, or a worker.</summary>
    [Id(4)]
    public required string Target { get; init; }
}

/// <summary>A part of the audit log.</summary>
/// <param name="Entries">The latest first.</param>
/// <param name="More">Whether older ones are kept.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.audit_page")]
public sealed record AuditPage([property: Id(0)] AuditEntry[] Entries, [property: Id(1)] bool More);
