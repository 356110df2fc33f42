using System.Diagnostics;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Chaos;

/// <summary>One disturbance of a cluster at work: what is done, to which worker, and at which token of which stream.</summary>
/// <param name="Action">What happens.</param>
/// <param name="Victim">Which worker, for what happens to workers.</param>
/// <param name="Stream">The stream whose progress is the trigger.</param>
/// <param name="Token">How many of its tokens must have come.</param>
internal sealed record ChaosRound(ChaosAction Action, int Victim, int Stream, int Token)
{
    /// <summary>A client waits this long for the whole round; far longer than any recovery takes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>A stream that stood still for so long and goes on had lost its worker. A hung one is noticed later than a dead one.</summary>
    private TimeSpan Silence => TimeSpan.FromMilliseconds(Action == ChaosAction.ReviveWorker ? 1500 : 500);

    /// <summary>Whether clients lose their connections.</summary>
    public bool TakesGateway => Action is ChaosAction.KillGateway or ChaosAction.RestartGateway;

    /// <summary>What rounds draw from. Gateways seldom: their rounds prove little about half of the streams.</summary>
    public static IReadOnlyList<ChaosAction> Usual { get; } =
    [
        ChaosAction.KillWorker, ChaosAction.KillWorker, ChaosAction.KillWorker, ChaosAction.KillTwoWorkers, ChaosAction.HangWorker,
        ChaosAction.ReviveWorker, ChaosAction.ReviveWorker, ChaosAction.TerminateWorker, ChaosAction.TerminateWorker,
        ChaosAction.KillGateway, ChaosAction.RestartGateway,
    ];

    /// <summary>Draws a round.</summary>
    public static ChaosRound Draw(Random random, IReadOnlyList<ChaosAction> actions, int workers, IReadOnlyList<StreamPlan> plans)
    {
        var stream = random.Next(plans.Count);
        return new ChaosRound(actions[random.Next(actions.Count)], random.Next(workers), stream, random.Next(1, plans[stream].MaxTokens / 2));
    }

    /// <summary>Runs all streams, disturbs them, and makes the cluster whole again.</summary>
    public async Task<ChaosOutcome> RunAsync(FoxtrotCluster cluster, IReadOnlyList<StreamPlan> plans)
    {
        var standby = Action == ChaosAction.KillGateway ? await cluster.StartGatewayAsync() : null;
        if (standby is not null)
        {
            await cluster.WaitUntilServingAsync(standby);
        }

        await using var run = new StreamRun(plans, () => cluster.Address);
        string Context() => run.Describe() + Environment.NewLine + cluster.Describe();

        await Deadline.Within(run.Records[Stream].Reached(Token), $"{run.Records[Stream].Name} has {Token} tokens", Context, Limit);
        var live = run.Records.Where(record => !record.Ended && record.Tokens > 0).ToArray();
        var moment = Stopwatch.GetTimestamp();
        await (TakesGateway ? DisturbGatewayAsync(cluster, standby) : DisturbWorkerAsync(cluster, run, moment, Context));
        await Deadline.Within(run.Ended, "all streams end", Context, Limit);
        var casualties = await RepairAsync(cluster, Context);
        return new ChaosOutcome(this, run.Records, live.Select(record => record.LongestPauseAfter(moment)).ToArray(), casualties);
    }

    private static async Task DisturbGatewayAsync(FoxtrotCluster cluster, FoxtrotProcess? standby)
    {
        await cluster.Gateway.KillAsync();
        cluster.Gateway = standby ?? await cluster.StartGatewayAsync();
    }

    private async Task DisturbWorkerAsync(FoxtrotCluster cluster, StreamRun run, long moment, Func<string> context)
    {
        var victim = cluster.Workers[Victim];
        victim.Send(Action switch
        {
            ChaosAction.TerminateWorker => Signal.Terminate,
            ChaosAction.HangWorker or ChaosAction.ReviveWorker => Signal.Stop,
            _ => Signal.Kill,
        });
        if (Action is not (ChaosAction.ReviveWorker or ChaosAction.KillTwoWorkers))
        {
            return;
        }

        var resumed = run.Records.Select(record => record.When(r => r.LongestPauseAfter(moment) > Silence));
        await Deadline.Within(Task.WhenAny([run.Ended, .. resumed]), "a stream goes on or all have ended", context, Limit);
        if (Action == ChaosAction.ReviveWorker)
        {
            victim.Send(Signal.Continue);
        }
        else
        {
            await Second(cluster).KillAsync();
        }
    }

    // Returns how many processes ended that nobody touched.
    private async Task<int> RepairAsync(FoxtrotCluster cluster, Func<string> context)
    {
        if (Action == ChaosAction.TerminateWorker)
        {
            var leaving = cluster.Workers[Victim];
            var exit = await Deadline.Within(leaving.Exit, $"{leaving.Name} ends after SIGTERM", context);
            Assert.True(exit == 0, $"{leaving.Name} exited with {exit} after SIGTERM.{Environment.NewLine}{context()}");
        }

        FoxtrotProcess[] touched = TakesGateway ? [] : Action == ChaosAction.KillTwoWorkers ? [cluster.Workers[Victim], Second(cluster)] : [cluster.Workers[Victim]];
        await Task.WhenAll(touched.Select(process => process.KillAsync()));
        var gone = cluster.Workers.Where(worker => worker.Exit.IsCompleted).ToArray();
        foreach (var worker in gone)
        {
            cluster.Workers[cluster.Workers.IndexOf(worker)] = await cluster.StartWorkerAsync();
        }

        await cluster.WaitUntilServingAsync(cluster.Gateway);
        return gone.Except(touched).Count();
    }

    private FoxtrotProcess Second(FoxtrotCluster cluster) => cluster.Workers[(Victim + 1) % cluster.Workers.Count];
}

/// <summary>What came of a round.</summary>
/// <param name="Round">The round.</param>
/// <param name="Records">What each client was told.</param>
/// <param name="Pauses">The longest wait after the disturbance of each stream that was in the middle of its work then.</param>
/// <param name="Casualties">Processes that ended although nobody touched them, as when a busy machine makes one miss its probes.</param>
internal sealed record ChaosOutcome(ChaosRound Round, IReadOnlyList<StreamRecord> Records, IReadOnlyList<TimeSpan> Pauses, int Casualties)
{
    /// <summary>How the round differs from the undisturbed run; empty when it does not.</summary>
    public IReadOnlyList<string> Differences(IReadOnlyList<StreamPlan> plans, IReadOnlyList<StreamRecord> reference)
    {
        var differences = new List<string>();
        for (var i = 0; i < plans.Count; i++)
        {
            // An OpenAI stream ends with its gateway: that API has no way to go on. What came before must still be right.
            var mayBreak = Round.TakesGateway && plans[i].Kind != StreamKind.Native && Records[i].Broken is HttpRequestException or IOException;
            var difference = mayBreak
                ? RecordComparison.PrefixDifference(reference[i], Records[i], plans[i].Body["n"]?.GetValue<int>() ?? 1)
                : RecordComparison.Difference(reference[i], Records[i]);
            if (difference is not null)
            {
                differences.Add(difference);
            }
        }

        return differences;
    }
}
