namespace Foxtrot.Contracts.Tenants;

/// <summary>An API key as it is stored: never the key itself.</summary>
/// <remarks>Append-only contract.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.tenant_key")]
public sealed record TenantKey
{
    /// <summary>Its name for administrators, <c>key_</c> and 16 hex digits; says nothing about the key.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>What its owner calls it.</summary>
    [Id(1)]
    public string Name { get; init; } = "";

    /// <summary>SHA-256 of the key's UTF-8 text, 32 bytes. The key is 256 random bits, so that a plain hash cannot be searched.</summary>
    [Id(2)]
    public required byte[] Hash { get; init; }

    /// <summary>When it was made.</summary>
    [Id(3)]
    public DateTimeOffset Created { get; init; }

    /// <summary>From when on it is refused; null is never.</summary>
    [Id(4)]
    public DateTimeOffset? Expires { get; init; }
}
