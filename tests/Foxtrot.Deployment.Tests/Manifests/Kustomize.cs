using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Foxtrot.Deployment.Tests.Manifests;

/// <summary>Kustomize as it is part of kubectl. Tests that need it skip themselves, visibly, where there is none or only an old one.</summary>
internal static partial class Kustomize
{
    /// <summary>Kustomize 4, which has components, came with kubectl 1.21.</summary>
    private const int OldestMinor = 21;

    private static readonly Lazy<string?> Lacking = new(Lacks);
    private static readonly ConcurrentDictionary<string, Lazy<string>> Rendered = new();

    /// <summary>The manifests of a kustomization, rendered once per run.</summary>
    /// <param name="folder">In the repository.</param>
    public static string Render(string folder)
    {
        Assert.SkipWhen(Lacking.Value is not null, Lacking.Value ?? "");
        return Rendered.GetOrAdd(folder, key => new(() => Tool.Run("kubectl", "kustomize", RepositoryRoot.At(key))!)).Value;
    }

    private static string? Lacks()
    {
        var version = Tool.Run("kubectl", "version", "--client");
        if (version is null)
        {
            return "kubectl is not installed: Debian's package is kubernetes-client.";
        }

        var match = Version().Match(version);
        return match.Success && int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) < OldestMinor
            ? $"kubectl 1.{OldestMinor} or newer is needed, and this is 1.{match.Groups[1].Value}: its kustomize knows no components."
            : null;
    }

    [GeneratedRegex("""v1\.(\d+)\.""")]
    private static partial Regex Version();
}
