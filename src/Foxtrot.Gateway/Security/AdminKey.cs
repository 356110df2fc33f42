using System.Security.Cryptography;
using System.Text;

namespace Foxtrot.Gateway.Security;

/// <summary>The key of the admin API, as a hash: its text is in no object that could be printed.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class AdminKey
{
    /// <summary>Characters at least. The key is compared by a plain hash, and must be too long to be guessed.</summary>
    public const int Shortest = 32;

    private const int Longest = 1024;

    private readonly byte[] _hash;

    private AdminKey(byte[] hash) => _hash = hash;

    /// <summary>Takes a key.</summary>
    /// <param name="text">32 to 1,024 visible ASCII characters, since it travels in a header.</param>
    /// <param name="key">The key; null when it is none.</param>
    /// <returns>What is wrong, in words that follow its name and do not repeat it; null when nothing is.</returns>
    public static string? TryCreate(string text, out AdminKey? key)
    {
        key = null;
        if (text.Length is < Shortest or > Longest)
        {
            return $"must have {Shortest} to {Longest} characters, but has {text.Length}";
        }

        if (text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return "must have visible ASCII characters alone, but has others";
        }

        key = new AdminKey(Hash(text));
        return null;
    }

    /// <summary>Whether a text is the key. Takes the same time whatever its characters are.</summary>
    public bool Is(string text) => CryptographicOperations.FixedTimeEquals(_hash, Hash(text));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
