using System.Text.Json;
using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.Soak;

/// <summary>Tells a Prometheus, by a file, which processes there are to scrape.</summary>
/// <remarks>Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config.</remarks>
internal static class PrometheusTargets
{
    /// <summary>Writes the file anew; readers see the old one or the new one.</summary>
    /// <param name="file">Where; in a folder that exists.</param>
    /// <param name="gateway">The gateway.</param>
    /// <param name="workers">The workers.</param>
    public static void Write(string file, FoxtrotProcess gateway, IEnumerable<FoxtrotProcess> workers)
    {
        var groups = workers.Select(worker => Group(worker, "worker")).Prepend(Group(gateway, "gateway")).ToArray();
        var next = file + ".next";
        File.WriteAllText(next, JsonSerializer.Serialize(groups));
        File.Move(next, file, overwrite: true);
    }

    /// <summary>The addresses in a file.</summary>
    public static IReadOnlyList<string> Read(string file)
    {
        using var groups = JsonDocument.Parse(File.ReadAllText(file));
        return [.. groups.RootElement.EnumerateArray().SelectMany(group => group.GetProperty("targets").EnumerateArray().Select(target => target.GetString()!))];
    }

    private static object Group(FoxtrotProcess process, string role) =>
        new { targets = new[] { process.Address!.Authority }, labels = new { role, process = process.Name } };
}
