using System.Text.RegularExpressions;

namespace Foxtrot.Deployment.Tests.Manifests;

/// <summary>The secrets that the operators' guide tells people to create; the manifests themselves hold none.</summary>
internal static partial class OperatorSecrets
{
    private static readonly Lazy<IReadOnlySet<(string Name, string Key)>> Documented = new(Read);

    /// <summary>Whether the guide has a command that creates this key of this secret.</summary>
    public static bool Has(string name, string key) => Documented.Value.Contains((name, key));

    /// <summary>The keys of a secret.</summary>
    public static IEnumerable<string> Keys(string name) => Documented.Value.Where(s => s.Name == name).Select(s => s.Key);

    private static HashSet<(string Name, string Key)> Read()
    {
        var guide = File.ReadAllText(RepositoryRoot.At("k8s", "README.md"));
        return [.. Command().Matches(guide).Select(match => (match.Groups["name"].Value, match.Groups["key"].Value))];
    }

    [GeneratedRegex("""create secret generic (?<name>[\w-]+) --from-literal=(?<key>[\w-]+)=""")]
    private static partial Regex Command();
}
