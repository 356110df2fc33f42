using System.Text.RegularExpressions;

namespace Foxtrot.Deployment.Tests.Monitoring;

/// <summary>Recording and alerting rules: right, tested, explained, and the same for plain Prometheus and its operator.</summary>
public sealed partial class RulesTests
{
    private static readonly string Rules = RepositoryRoot.At("k8s", "components", "monitoring", "foxtrot.rules.yml");
    private static readonly string UnitTests = RepositoryRoot.At("tests", "Foxtrot.Deployment.Tests", "rules", "foxtrot.test.yml");

    private static string[] Alerts => [.. Alert().Matches(File.ReadAllText(Rules)).Select(match => match.Groups[1].Value)];

    [Fact]
    public void Prometheus_understands_the_rules() => Assert.Contains("SUCCESS", Promtool.Run("check", "rules", Rules), StringComparison.Ordinal);

    [Fact]
    public void Alerts_fire_when_they_should_and_only_then() => Assert.Contains("SUCCESS", Promtool.Run("test", "rules", UnitTests), StringComparison.Ordinal);

    [Fact]
    public void Every_alert_is_tested_to_fire_and_not_to_fire()
    {
        var cases = UnitTest().Matches(File.ReadAllText(UnitTests)).Select(match => (Alert: match.Groups[1].Value, Fires: match.Groups[2].Success)).ToArray();
        Assert.True(Alerts.Length > 10);
        Assert.All(Alerts, alert =>
        {
            Assert.Contains((alert, true), cases);
            Assert.Contains((alert, false), cases);
        });
    }

    [Fact]
    public void Every_alert_has_a_severity_a_patience_a_text_and_a_chapter_in_the_operators_guide()
    {
        var guide = File.ReadAllLines(RepositoryRoot.At("k8s", "README.md"));
        var blocks = File.ReadAllText(Rules).Split("- alert: ")[1..];
        Assert.Equal(Alerts.Length, blocks.Length);
        Assert.All(blocks, block =>
        {
            var name = block.Split('\n')[0];
            Assert.Matches(@"\n {8}for: \d+m\n", block);
            Assert.Matches(@"labels: \{severity: (critical|warning)\}", block);
            Assert.Matches("summary: .", block);
            Assert.Matches("description: .", block);
            Assert.Contains($"runbook_url: k8s/README.md#{name.ToLowerInvariant()}\n", block + "\n", StringComparison.Ordinal);
            Assert.Contains($"### {name}", guide);
        });
        Assert.Equal(Alerts, guide.Where(line => line.StartsWith("### Foxtrot", StringComparison.Ordinal)).Select(line => line[4..]));
    }

    [Fact]
    public void The_operator_gets_the_same_rules()
    {
        var plain = File.ReadAllText(Rules);
        var groups = plain[plain.IndexOf("groups:", StringComparison.Ordinal)..].Split('\n').Select(line => line.Length == 0 ? line : "  " + line);
        var resource = File.ReadAllText(RepositoryRoot.At("k8s", "components", "monitoring", "rules.yaml"));
        Assert.Equal(string.Join('\n', groups), resource[(resource.IndexOf("spec:\n", StringComparison.Ordinal) + "spec:\n".Length)..]);
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"- alertname: (\w+)\n +eval_time: \w+(\n +exp_alerts:)?")]
    private static partial Regex UnitTest();
}
