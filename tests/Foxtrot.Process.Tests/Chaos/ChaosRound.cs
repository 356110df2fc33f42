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

    /// <summary>A worker whose streams stand still for so long has been given up by the others.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(1500);

    /// <summary>Whether clients lose their connections.</summary>
    public bool TakesGateway => Action is ChaosAction.KillGateway or ChaosAction.RestartGateway;

    /// <summary>Draws a round.</summary>
    public static ChaosRound Draw(Random random, int workers, IReadOnlyList<StreamPlan> plans)
    {
        // Gateways seldom: their rounds prove nothing about half of the streams.
        ChaosAction[] actions =
        [
            ChaosAction.KillWorker, ChaosAction.KillWorker, ChaosAction.KillWorker, ChaosAction.HangWorker, ChaosAction.ReviveWorker,
            ChaosAction.ReviveWorker, ChaosAction.TerminateWorker, ChaosAction.TerminateWorker, ChaosAction.KillGateway, ChaosAction.RestartGateway,
        ];
        var stream = random.Next(plans.Count);
        return new ChaosRound(actions[random.Next(actions.Length)], random.Next(workers), stream, random.Next(1, plans[stream].MaxTokens * 2 / 3));
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
        var victim = TakesGateway ? cluster.Gateway : cluster.Workers[Victim];
        switch (Action)
        {
            case ChaosAction.KillWorker:
                await victim.KillAsync();
                await Deadline.Within(run.Ended, "all streams end", Context, Limit);
                break;

            case ChaosAction.HangWorker:
                victim.Send(Signal.Stop);
                await Deadline.Within(run.Ended, "all streams end", Context, Limit);
                await victim.KillAsync();
                break;

            case ChaosAction.ReviveWorker:
                victim.Send(Signal.Stop);
                var resumed = run.Records.Select(record => record.When(r => r.LongestPauseAfter(moment) > Silence));
                await Deadline.Within(Task.WhenAny([run.Ended, .. resumed]), "a stream goes on or all have ended", Context, Limit);
                victim.Send(Signal.Continue);
                await Deadline.Within(run.Ended, "all streams end", Context, Limit);
                await victim.KillAsync();
                break;

            case ChaosAction.TerminateWorker:
                victim.Send(Signal.Terminate);
                await Deadline.Within(run.Ended, "all streams end", Context, Limit);
                var exit = await Deadline.Within(victim.Exit, $"{victim.Name} ends after SIGTERM", Context);
                Assert.True(exit == 0, $"{victim.Name} exited with {exit} after SIGTERM.{Environment.NewLine}{Context()}");
                break;

            default:
                await victim.KillAsync();
                cluster.Gateway = standby ?? await cluster.StartGatewayAsync();
                await Deadline.Within(run.Ended, "all streams end", Context, Limit);
                break;
        }

        if (!TakesGateway)
        {
            cluster.Workers[Victim] = await cluster.StartWorkerAsync();
        }

        return new ChaosOutcome(this, run.Records, live.Select(record => record.LongestPauseAfter(moment)).ToArray());
    }
}

/// <summary>What came of a round.</summary>
/// <param name="Round">The round.</param>
/// <param name="Records">What each client was told.</param>
/// <param name="Pauses">The longest wait after the disturbance of each stream that was in the middle of its work then.</param>
internal sealed record ChaosOutcome(ChaosRound Round, IReadOnlyList<StreamRecord> Records, IReadOnlyList<TimeSpan> Pauses)
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
