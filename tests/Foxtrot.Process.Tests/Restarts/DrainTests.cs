using Foxtrot.Process.Tests.Chaos;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Restarts;

/// <summary>A worker that is asked to leave does so without its clients noticing.</summary>
[Collection(OneAtATime.Name)]
public sealed class DrainTests
{
    [Fact]
    public async Task A_worker_told_to_leave_ends_well_and_breaks_no_stream()
    {
        var plans = ChaosPlans.All;
        await using var cluster = await FoxtrotCluster.StartAsync(workers: 2, slots: 24);
        string Context(StreamRun run) => run.Describe() + Environment.NewLine + cluster.Describe();

        await using var undisturbed = new StreamRun(plans, () => cluster.Address);
        await Deadline.Within(undisturbed.Ended, "the undisturbed streams end", () => Context(undisturbed));

        await using var run = new StreamRun(plans, () => cluster.Address);
        await Deadline.Within(run.Records[0].Reached(20), "the first stream has 20 tokens", () => Context(run));
        var leaving = cluster.Workers[0];
        leaving.Send(Signal.Terminate);
        await Deadline.Within(run.Ended, "all streams end", () => Context(run));
        var exit = await Deadline.Within(leaving.Exit, "the worker ends", () => Context(run));

        Assert.True(exit == 0, $"Exit code {exit}.{Environment.NewLine}{leaving.Describe()}");
        var differences = undisturbed.Records.Zip(run.Records, RecordComparison.Difference).OfType<string>().ToArray();
        Assert.True(differences.Length == 0, string.Join(Environment.NewLine, differences.Append(Context(run))));
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("worker")]
    public async Task An_idle_process_told_to_leave_ends_well(string role)
    {
        await using var cluster = await FoxtrotCluster.StartAsync(workers: 1, slots: 4);
        var leaving = role == "gateway" ? cluster.Gateway : cluster.Workers[0];
        leaving.Send(Signal.Terminate);
        var exit = await Deadline.Within(leaving.Exit, $"{leaving.Name} ends", cluster.Describe);
        Assert.True(exit == 0, $"Exit code {exit}.{Environment.NewLine}{leaving.Describe()}");
    }
}
