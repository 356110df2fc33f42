using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Tenants;

/// <summary>The text of API keys: <c>fxt_</c> and 256 random bits in base64url. Only its hash is ever kept.</summary>
public static class ApiKey
{
    /// <summary>Characters of a key at most; a longer text is none.</summary>
    public const int LongestText = 256;

    /// <summary>How a hash is written: this, and 64 hex digits.</summary>
    public const string HashPrefix = "sha256:";

    private const string Prefix = "fxt_";
    private const int RandomBytes = 32;
    private const int IdDigits = 16;

    /// <summary>A new key.</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>What is kept of a key: SHA-256 of its UTF-8 text. Its 256 random bits make a slow hash pointless.</summary>
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>A hash as <c>sha256:</c> and hex digits.</summary>
    public static string Write(byte[] hash) => HashPrefix + Convert.ToHexStringLower(hash);

    /// <summary>The name of a key for administrators: follows from its hash, so that a key in a file keeps it, and says nothing about it.</summary>
    public static string IdOf(byte[] hash) => "key_" + Convert.ToHexStringLower(SHA256.HashData(hash))[..IdDigits];

    /// <summary>A key as it is stored.</summary>
    public static TenantKey ToStored(byte[] hash, string name, DateTimeOffset? expires) =>
        new() { Id = IdOf(hash), Hash = hash, Name = name, Expires = expires };
}
