using System.Collections.Frozen;
using System.Security.Cryptography;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>The tenants of one revision, found by id and by key.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class TenantIndex
{
    private static readonly Entry Nobody = new(new TenantKey { Id = "", Hash = new byte[SHA256.HashSizeInBytes] }, null);

    private readonly FrozenDictionary<string, Tenant> _byId;
    private readonly FrozenDictionary<UInt128, Entry> _byHash;

    public TenantIndex(TenantSet set)
    {
        Revision = set.Revision;
        _byId = set.Tenants.ToFrozenDictionary(t => t.Id, StringComparer.Ordinal);

        // Hashes that share their first 128 bits do not occur; the directory refuses equal ones.
        _byHash = set.Tenants.SelectMany(t => t.Keys.Select(k => new Entry(k, t))).DistinctBy(e => Slot(e.Key.Hash)).ToFrozenDictionary(e => Slot(e.Key.Hash));
    }

    /// <summary>No tenants, before anything is known.</summary>
    public static TenantIndex Empty { get; } = new(new TenantSet(0, []));

    /// <summary>The directory's revision; 0 when nothing was ever stored.</summary>
    public long Revision { get; }

    /// <summary>Whether there are no tenants.</summary>
    public bool IsEmpty => _byId.Count == 0;

    /// <summary>A tenant by its id.</summary>
    public Tenant? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Whose key a text is; null when it is nobody's or has expired.</summary>
    /// <remarks>
    /// The text is hashed first, whatever it is, and everything after depends on its hash alone: who varies a guess learns nothing
    /// from the time it takes, because he cannot choose the bits that are looked up. The one candidate, a dummy where there is none,
    /// is then compared whole and in constant time.
    /// </remarks>
    public Tenant? Authenticate(string key, DateTimeOffset now)
    {
        var hash = ApiKey.HashOf(key.Length <= ApiKey.LongestText ? key : "");
        var entry = _byHash.GetValueOrDefault(Slot(hash), Nobody);
        var same = CryptographicOperations.FixedTimeEquals(hash, entry.Key.Hash);
        return same & !(entry.Key.Expires <= now) ? entry.Owner : null;
    }

    private static UInt128 Slot(ReadOnlySpan<byte> hash) => BitConverter.ToUInt128(hash);

    private sealed record Entry(TenantKey Key, Tenant? Owner);
}
