using System.Text.Json;
using Foxtrot.Deployment.Tests.Manifests;
using k8s.Models;

namespace Foxtrot.Deployment.Tests.Monitoring;

/// <summary>Dashboards that Grafana takes, and that say what they show. Whether there is data for them is a process test's question.</summary>
public sealed class DashboardTests
{
    private static readonly string[] Variables = ["datasource", "model", "tenant", "worker"];

    private static string Folder => RepositoryRoot.At("k8s", "dashboards");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_is_a_dashboard_for_the_fleet_for_tenants_and_for_sampling() =>
        Assert.Equal(["foxtrot-fleet", "foxtrot-sampling", "foxtrot-tenant"], Files.Select(row => Read(row.Data).GetProperty("uid").GetString()));

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_panel_says_what_it_shows_and_in_which_unit(string file)
    {
        var panels = Panels(file);
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels.Where(IsGraph), panel =>
        {
            var title = panel.GetProperty("title").GetString();
            Assert.True(panel.GetProperty("description").GetString() is { Length: > 5 } text && text.EndsWith('.'), title);
            var unit = panel.GetProperty("type").GetString() == "heatmap"
                ? panel.GetProperty("options").GetProperty("yAxis").GetProperty("unit")
                : panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit");
            Assert.False(string.IsNullOrEmpty(unit.GetString()), title);
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Panels_do_not_overlap_and_fit_the_width(string file)
    {
        var taken = new HashSet<(int X, int Y)>();
        Assert.All(Panels(file), panel =>
        {
            var place = panel.GetProperty("gridPos");
            int At(string name) => place.GetProperty(name).GetInt32();
            Assert.True(At("x") + At("w") <= 24);
            Assert.All(
                from x in Enumerable.Range(At("x"), At("w"))
                from y in Enumerable.Range(At("y"), At("h"))
                select (x, y),
                cell => Assert.True(taken.Add(cell), panel.GetProperty("title").GetString()));
        });
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Queries_ask_the_chosen_data_source_and_use_only_variables_that_there_are(string file)
    {
        var defined = Read(file).GetProperty("templating").GetProperty("list").EnumerateArray().Select(v => v.GetProperty("name").GetString()!).ToArray();
        Assert.All(defined, name => Assert.Contains(name, Variables));
        var text = File.ReadAllText(Path.Combine(Folder, file));
        Assert.All(Panels(file).Where(IsGraph).SelectMany(panel => panel.GetProperty("targets").EnumerateArray()), target =>
        {
            Assert.Equal("${datasource}", target.GetProperty("datasource").GetProperty("uid").GetString());
            var expression = target.GetProperty("expr").GetString()!;
            Assert.All(Variables, name => Assert.True(!expression.Contains($"${name}", StringComparison.Ordinal) || defined.Contains(name), expression));
            Assert.DoesNotContain('$', new DashboardQuery("", "", expression).Substituted("1m", "1h"));
        });
        Assert.All(defined, name => Assert.True(text.Contains($"${name}", StringComparison.Ordinal) || text.Contains($"${{{name}}}", StringComparison.Ordinal), $"{file} does not use {name}."));
    }

    [Fact]
    public void Prometheus_understands_every_query()
    {
        var rules = DashboardQuery.ReadAll(Folder).Select((query, i) => $"      - record: query_{i}\n        expr: {JsonSerializer.Serialize(query.Substituted("1m", "1h"))}\n");
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $"groups:\n  - name: queries\n    rules:\n{string.Concat(rules)}");
            Assert.Contains("SUCCESS", Promtool.Run("check", "rules", file), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("k8s/overlays/cpu")]
    [InlineData("k8s/overlays/gpu")]
    public void Grafana_finds_every_dashboard_in_a_config_map(string overlay)
    {
        var maps = ManifestSet.Rendered(overlay).Of<V1ConfigMap>().Where(map => map.Metadata.Labels?.ContainsKey("grafana_dashboard") == true).ToArray();
        var found = maps.SelectMany(map => map.Data).ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(Files.Select(row => row.Data), found.Keys.Order(StringComparer.Ordinal));
        Assert.All(found, pair => Assert.Equal(File.ReadAllText(Path.Combine(Folder, pair.Key)), pair.Value));

        // What `kubectl apply` notes about an object has a limit of 256 KiB.
        Assert.All(maps, map => Assert.True(map.Data.Values.Sum(text => text.Length) < 200 * 1024));
    }

    private static JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, file))).RootElement;

    private static JsonElement[] Panels(string file) => [.. Read(file).GetProperty("panels").EnumerateArray()];

    private static bool IsGraph(JsonElement panel) => panel.GetProperty("type").GetString() != "row";
}
