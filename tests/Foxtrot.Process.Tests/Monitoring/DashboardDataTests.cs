using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Foxtrot.Deployment.Tests.Monitoring;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Soak;
using Foxtrot.Process.Tests.Tenants;

namespace Foxtrot.Process.Tests.Monitoring;

/// <summary>A real Prometheus scrapes a real cluster, and has an answer for whatever dashboards and rules ask.</summary>
[Collection(OneAtATime.Name)]
public sealed partial class DashboardDataTests
{
    private static readonly string[] Keys = ["acme-key-0123456789", "bolt-key-0123456789", "cato-key-0123456789"];

    /// <summary>Scrapes and evaluations of a busy machine come late.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task No_panel_and_no_rule_is_without_data_after_a_run_with_tenants_a_refusal_and_a_killed_worker()
    {
        Assert.SkipUnless(PrometheusServer.IsInstalled, "prometheus is not installed: Debian's package is prometheus.");
        var folder = Reaper.NewFolder("monitoring");
        var (tenants, targets) = (Path.Combine(folder, "tenants.json"), Path.Combine(folder, "targets.json"));
        await File.WriteAllTextAsync(tenants, TenantServer.TenantsFile(("acme", Keys[0]), ("bolt", Keys[1]), ("cato", Keys[2])), TestContext.Current.CancellationToken);
        await using var cluster = await FoxtrotCluster.StartAsync(
            workers: 2, slots: 4, new Dictionary<string, string> { ["Foxtrot__Tenants"] = tenants, ["Foxtrot__AdminKey"] = TenantServer.AdminKey });
        PrometheusTargets.Write(targets, cluster.Gateway, cluster.Workers);
        var rules = Path.Combine(RepositoryRoot.Folder, "k8s", "components", "monitoring", "foxtrot.rules.yml");
        await using var prometheus = await PrometheusServer.StartAsync(targets, rules, TenantServer.AdminKey);
        var start = DateTimeOffset.UtcNow;
        string Context() => prometheus.Describe() + Environment.NewLine + cluster.Describe();
        Task<bool> HasDataAsync(string query) => prometheus.HasDataAsync(query, start, DateTimeOffset.UtcNow);

        await using var load = new TenantLoad(cluster.Address, Keys);
        using (var http = new HttpClient())
        {
            var refused = await TenantServer.SendAsync(http, $"POST {new Uri(cluster.Address, "/v1/completions")}", "{}", "wrong-key-0123456789");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        }

        // Both workers are at work and have been scraped, so that something is lost with one of them.
        foreach (var worker in cluster.Workers)
        {
            await Deadline.Until(
                () => HasDataAsync($"foxtrot_requests_running{{instance=\"{worker.Address!.Authority}\"}} > 0"), $"{worker.Name} has sequences", Context, Patience);
        }

        await cluster.Workers[1].KillAsync();
        cluster.Workers.RemoveAt(1);
        PrometheusTargets.Write(targets, cluster.Gateway, cluster.Workers);
        await Deadline.Until(() => HasDataAsync("foxtrot_sessions_resumed_total"), "sessions were resumed", Context, Patience);

        var queries = DashboardQuery.ReadAll(Path.Combine(RepositoryRoot.Folder, "k8s", "dashboards")).Select(q => (What: q.ToString(), Query: q.Substituted("15s", "10m")));
        var records = (await prometheus.RulesAsync()).Where(rule => rule.Records).Select(rule => (What: rule.Name, Query: rule.Name));
        var autoscaling = Trigger().Matches(await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Folder, "k8s", "components", "autoscaling", "worker.yaml"), TestContext.Current.CancellationToken))
            .Select(match => match.Groups[1].Value.Replace("{namespace=\"foxtrot\"}", "", StringComparison.Ordinal)).Select(query => (What: $"autoscaling: {query}", Query: query)).ToArray();
        Assert.Equal(2, autoscaling.Length);
        var waiting = new ConcurrentDictionary<string, string>(queries.Concat(records).Concat(autoscaling).Select(q => KeyValuePair.Create(q.What, q.Query)));
        Assert.True(waiting.Count > 50);
        await Deadline.Until(
            async () =>
            {
                foreach (var (what, query) in waiting)
                {
                    if (await HasDataAsync(query))
                    {
                        waiting.TryRemove(what, out _);
                    }
                }

                return waiting.IsEmpty;
            },
            "every panel, recording rule and autoscaler has data",
            () => $"Those without: {string.Join(Environment.NewLine, waiting.Keys)}{Environment.NewLine}{Context()}",
            Patience);

        Assert.All(await prometheus.RulesAsync(), rule => Assert.True(rule.Error.Length == 0, $"{rule.Name}: {rule.Error}"));
        Assert.True(load.Served > 0);
        Assert.False(await HasDataAsync("foxtrot_what_nobody_measures"), "This test would find data anywhere.");
    }

    [GeneratedRegex(@"\n +query: (.+)\n")]
    private static partial Regex Trigger();
}
