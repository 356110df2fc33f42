using System.Diagnostics;
using Foxtrot.Process.Tests.Chaos;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Soak;

/// <summary>
/// A cluster under steady load while its workers come and go. Short by default; <c>FOXTROT_SOAK_SECONDS=900</c> is a soak by hand. The
/// other variables are in <see cref="SoakSettings"/>.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Slots = 16;
    private readonly SoakSettings _settings = new();

    [Fact]
    public async Task While_workers_join_drain_and_are_killed_every_stream_is_the_undisturbed_one_and_memory_stays_flat()
    {
        var plans = ChaosPlans.All;
        await using var cluster = await FoxtrotCluster.StartAsync(_settings.Workers, Slots);
        string Context() => cluster.Describe();
        var reference = await UndisturbedAsync(cluster, plans);
        void WriteTargets() => PrometheusTargets.Write(_settings.Targets, cluster.Gateway, cluster.Workers);
        WriteTargets();

        using var memory = new MemoryWatch();
        using var stop = new CancellationTokenSource(_settings.Duration);
        var clock = Stopwatch.StartNew();
        await using var load = new SoakLoad(_settings, plans, reference, () => cluster.Address);
        var disturbance = new SoakDisturbance(cluster, _settings, WriteTargets, Say);
        var disturbing = disturbance.RunAsync(stop.Token);
        await WatchAsync(cluster.Gateway, cluster.Workers[0], memory, load, disturbance, clock, disturbing, stop.Token);
        await disturbing;
        await load.FinishAsync(Context);

        Say($"{clock.Elapsed.TotalSeconds:0} s: {load}");
        Say(disturbance.ToString());
        Say(memory.ToString());
        Assert.True(load.Errors.IsEmpty, $"{load.Errors.Count} of {load.Streams} streams differ.{Environment.NewLine}{string.Join(Environment.NewLine, load.Errors.Take(5))}{Environment.NewLine}{Context()}");
        Assert.True(load.Streams > 0 && disturbance.Left > 0, "Nothing was disturbed: the test has not tested anything.");
        Assert.Equal(cluster.Workers.Select(w => w.Address!.Authority).Prepend(cluster.Address.Authority), PrometheusTargets.Read(_settings.Targets));
        if (_settings.Duration >= SoakSettings.Long)
        {
            Assert.Empty(memory.Growth());
        }
    }

    // A hundred samples however long it takes, and a line for every tenth; ends early when the disturbance fails.
    private async Task WatchAsync(
        FoxtrotProcess gateway, FoxtrotProcess veteran, MemoryWatch memory, SoakLoad load, SoakDisturbance disturbance, Stopwatch clock, Task disturbing, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(_settings.Duration / 100);
        try
        {
            while (!disturbing.IsFaulted)
            {
                await memory.SampleAsync([gateway, veteran]);
                if (memory.Samples % 10 == 0)
                {
                    Say($"{clock.Elapsed.TotalSeconds:0} s: {load}; {disturbance}");
                }

                await timer.WaitForNextTickAsync(stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Its time is over.
        }
    }

    private static async Task<IReadOnlyList<StreamRecord>> UndisturbedAsync(FoxtrotCluster cluster, IReadOnlyList<StreamPlan> plans)
    {
        await using var run = new StreamRun(plans, () => cluster.Address);
        await Deadline.Within(run.Ended, "the undisturbed streams end", () => run.Describe() + Environment.NewLine + cluster.Describe(), TimeSpan.FromSeconds(120));
        Assert.All(run.Records, record => Assert.True(record.Broken is null && record.Tokens > 0, $"Undisturbed {record.Name} broke: {record.Broken}"));
        return run.Records;
    }

    private void Say(string line)
    {
        output.WriteLine(line);
        if (_settings.Report is { } file)
        {
            File.AppendAllText(file, line + Environment.NewLine);
        }
    }
}
