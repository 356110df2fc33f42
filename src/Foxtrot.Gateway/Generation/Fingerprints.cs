using System.Globalization;
using System.Security.Cryptography;
using Foxtrot.Contracts.Workers;

namespace Foxtrot.Gateway.Generation;

/// <summary>Names for what determines an output.</summary>
internal static class Fingerprints
{
    private const int Digits = 8;

    /// <summary><c>system_fingerprint</c>: the model's files, the sampler's version, what the worker computes.</summary>
    public static string System(string modelHash, int samplerVersion, string fingerprint) =>
        string.Create(CultureInfo.InvariantCulture, $"fp_{Cut(modelHash)}_s{samplerVersion}_{Cut(fingerprint)}");

    /// <summary>The same of a model as the catalog has it.</summary>
    public static string System(ModelInfo model) => System(model.Hash, model.SamplerVersion, model.Fingerprint);

    /// <summary>A seed for a request that names none.</summary>
    public static ulong RandomSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    private static string Cut(string hash) => hash.Length <= Digits ? hash : hash[..Digits];
}
