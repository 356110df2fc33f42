using Foxtrot.Process.Tests.Chaos;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Orchestration;

/// <summary>A rollout of gateways interrupts nobody: what the termination grace period is for.</summary>
[Collection(OneAtATime.Name)]
public sealed class GatewayDrainTests
{
    [Fact]
    public async Task A_gateway_told_to_leave_finishes_the_responses_under_way()
    {
        // As long as Kubernetes would give it; it takes no longer than its streams do.
        var drain = new Dictionary<string, string> { ["Foxtrot__DrainSeconds"] = "60" };
        await using var cluster = await FoxtrotCluster.StartAsync(workers: 1, slots: 16, drain);
        var plans = ChaosPlans.All.Where(plan => plan.Kind != StreamKind.Native).Take(8).ToArray();
        await using var run = new StreamRun(plans, () => cluster.Address);
        string Context() => run.Describe() + Environment.NewLine + cluster.Describe();
        await Deadline.Within(Task.WhenAll(run.Records.Select(record => record.Reached(1))), "all streams have begun", Context);

        cluster.Gateway.Send(Signal.Terminate);
        await Deadline.Within(run.Ended, "all streams end", Context);
        var exit = await Deadline.Within(cluster.Gateway.Exit, "the gateway ends", Context);
        Assert.True(exit == 0, $"Exit code {exit}.{Environment.NewLine}{Context()}");
        Assert.All(run.Records, record => Assert.True(record.Broken is null, Context()));
        Assert.All(run.Records, record => Assert.Equal(0, record.Reconnections));
    }
}
