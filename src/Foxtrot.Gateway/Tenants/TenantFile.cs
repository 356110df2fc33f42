using System.Text.Json;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Fields;

namespace Foxtrot.Gateway.Tenants;

/// <summary>Tenants from a JSON file: <c>{"tenants": [{"id", "weight", "limits": {...}, "keys": [{"name", "hash", "expires"}]}]}</c>.</summary>
public static class TenantFile
{
    private const int LongestFile = 64 * 1024 * 1024;

    /// <summary>Reads a file.</summary>
    /// <exception cref="TenantFileException">It cannot be read, or something in it is wrong; all that is, is named.</exception>
    public static Tenant[] Read(string path)
    {
        try
        {
            var bytes = new FileInfo(path).Length <= LongestFile ? File.ReadAllBytes(path) : throw new IOException($"it must have at most {LongestFile} bytes");
            return Parse(bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException or TenantFileException)
        {
            throw new TenantFileException($"{path}: {failure.Message}");
        }
    }

    private static Tenant[] Parse(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes.AsMemory(bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0));
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new TenantFileException($"it must be an object, but is {FieldErrors.Show(document.RootElement)}");
        }

        var errors = new FieldErrors();
        var tenants = TenantFields.File.Read(document.RootElement, "", [], errors);
        Unique(tenants.Select((t, i) => ($"tenants[{i}].id", t.Id)), id => $"'{id}'", errors);
        Unique(
            tenants.SelectMany((t, i) => t.Keys.Select((k, j) => ($"tenants[{i}].keys[{j}].hash", Convert.ToHexString(k.Hash)))),
            _ => "the hash of another key", errors);
        return errors.Any ? throw new TenantFileException(errors.Message) : tenants;
    }

    private static void Unique(IEnumerable<(string Path, string Value)> values, Func<string, string> show, FieldErrors errors)
    {
        HashSet<string> seen = [];
        foreach (var (path, value) in values)
        {
            if (value.Length > 0 && !seen.Add(value))
            {
                errors.Add(path, $"{path} must be given once, but is {show(value)} again");
            }
        }
    }
}

/// <summary>A tenants file is wrong. The message is for people.</summary>
public sealed class TenantFileException : Exception
{
    /// <summary>Creates one without a reason.</summary>
    public TenantFileException()
    {
    }

    /// <summary>Creates one with its reason.</summary>
    public TenantFileException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one with its reason and cause.</summary>
    public TenantFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
