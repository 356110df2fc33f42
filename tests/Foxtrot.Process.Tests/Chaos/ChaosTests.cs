using System.Diagnostics;
using System.Globalization;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Chaos;

/// <summary>
/// Processes are killed, hung and stopped at random tokens of 32 streams. <c>FOXTROT_CHAOS_ROUNDS</c> says how often (default 20),
/// <c>FOXTROT_CHAOS_SEED</c> repeats a run's choices, <c>FOXTROT_CHAOS_ACTIONS</c> limits them to some (HangWorker,ReviveWorker),
/// <c>FOXTROT_CHAOS_REPORT</c> names a file to append each round's line and the figures to.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private const int Workers = 3;
    private const int Slots = 16;

    [Fact]
    public async Task Whatever_happens_to_workers_and_gateways_every_stream_is_bit_for_bit_the_undisturbed_one()
    {
        var rounds = Setting("FOXTROT_CHAOS_ROUNDS", 20);
        var seed = Setting("FOXTROT_CHAOS_SEED", Environment.TickCount & 0xffff);
        Say($"FOXTROT_CHAOS_SEED={seed} FOXTROT_CHAOS_ROUNDS={rounds}");
        var random = new Random(seed);
        var actions = Environment.GetEnvironmentVariable("FOXTROT_CHAOS_ACTIONS") is { Length: > 0 } names
            ? [.. names.Split(',').Select(Enum.Parse<ChaosAction>)]
            : ChaosRound.Usual;
        var plans = ChaosPlans.All;
        await using var cluster = await FoxtrotCluster.StartAsync(Workers, Slots);
        var reference = await UndisturbedAsync(cluster, plans);
        var report = new PauseReport();
        for (var i = 0; i < rounds; i++)
        {
            var round = ChaosRound.Draw(random, actions, Workers, plans);
            var clock = Stopwatch.StartNew();
            var outcome = await round.RunAsync(cluster, plans);
            report.Add(outcome);
            Say($"round {i}: {round}, {outcome.Pauses.Count} live, longest pause {outcome.Pauses.DefaultIfEmpty().Max().TotalMilliseconds:0} ms, {clock.Elapsed.TotalSeconds:0.0} s, {outcome.Casualties} casualties");
            var differences = outcome.Differences(plans, reference);
            Assert.True(
                differences.Count == 0,
                $"Seed {seed}, round {i}, {round}: {differences.Count} streams differ.{Environment.NewLine}{string.Join(Environment.NewLine, differences.Take(5))}{Environment.NewLine}{cluster.Describe()}");
        }

        Say(report.ToString());
        Assert.True(rounds < 10 || report.Interrupted > 0, "No round interrupted any stream: the test has not tested anything.");
    }

    private static async Task<IReadOnlyList<StreamRecord>> UndisturbedAsync(FoxtrotCluster cluster, IReadOnlyList<StreamPlan> plans)
    {
        await using var run = new StreamRun(plans, () => cluster.Address);
        await Deadline.Within(run.Ended, "the undisturbed streams end", () => run.Describe() + Environment.NewLine + cluster.Describe(), TimeSpan.FromSeconds(120));
        foreach (var (plan, record) in plans.Zip(run.Records))
        {
            Assert.True(record.Broken is null, $"Undisturbed {record.Name} broke: {record.Broken}{Environment.NewLine}{cluster.Describe()}");
            Assert.True(record.Tokens > 0, $"Undisturbed {record.Name} had no tokens.");
            Assert.NotNull(record.Usage);
            Assert.Contains($"\"completion_tokens\":{record.Tokens}", record.Usage, StringComparison.Ordinal);
            Assert.True(!WantsLogprobs(plan) || record.Choice(0).Details.Count == record.Choice(0).Tokens.Count, $"{record.Name}: not every token has its log-probability.");
        }

        return run.Records;
    }

    private static bool WantsLogprobs(StreamPlan plan) => plan.Body.ContainsKey("logprobs");

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private void Say(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("FOXTROT_CHAOS_REPORT") is { Length: > 0 } file)
        {
            File.AppendAllText(file, line + Environment.NewLine);
        }
    }
}
