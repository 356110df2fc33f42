using System.Text.Json;

namespace Foxtrot.Deployment.Tests.Monitoring;

/// <summary>A query of a panel of a Grafana dashboard.</summary>
/// <param name="Dashboard">The dashboard's title.</param>
/// <param name="Panel">The panel's title.</param>
/// <param name="Expression">The query, with Grafana's variables in it.</param>
internal sealed record DashboardQuery(string Dashboard, string Panel, string Expression)
{
    /// <summary>All queries of the dashboards in a folder.</summary>
    public static IReadOnlyList<DashboardQuery> ReadAll(string folder) =>
    [
        .. from file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)
           let dashboard = JsonDocument.Parse(File.ReadAllText(file)).RootElement
           from panel in dashboard.GetProperty("panels").EnumerateArray()
           where panel.GetProperty("type").GetString() != "row"
           from target in panel.GetProperty("targets").EnumerateArray()
           select new DashboardQuery(dashboard.GetProperty("title").GetString()!, panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!),
    ];

    /// <summary>The query as Grafana would send it when everything is chosen.</summary>
    /// <param name="window">What rates look back on.</param>
    /// <param name="range">The time that is shown.</param>
    public string Substituted(string window, string range) => Expression
        .Replace("$__rate_interval", window, StringComparison.Ordinal)
        .Replace("$__range", range, StringComparison.Ordinal)
        .Replace("$model", ".*", StringComparison.Ordinal)
        .Replace("$tenant", ".*", StringComparison.Ordinal)
        .Replace("$worker", ".*", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => $"{Dashboard}, {Panel}: {Expression}";
}
