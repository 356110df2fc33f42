using Foxtrot.Process.Tests.Chaos;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Restarts;

/// <summary>The single-process server keeps its ledger in its data folder.</summary>
[Collection(OneAtATime.Name)]
public sealed class LedgerRestartTests
{
    [Fact]
    public async Task A_server_told_to_stop_right_after_its_last_answer_has_every_token_in_its_ledger()
    {
        var data = Reaper.NewFolder("data");
        using var http = new HttpClient();
        var plans = ChaosPlans.All.Take(8).ToArray();
        Assert.Equal(3, plans.Select(plan => plan.Kind).Distinct().Count());
        LedgerTotals expected;
        await using (var server = await EmbeddedServer.StartAsync(data))
        {
            await using var run = new StreamRun(plans, () => server.Address!);
            await Deadline.Within(run.Ended, "the streams end", () => run.Describe() + Environment.NewLine + server.Describe());
            server.Send(Signal.Terminate);
            Assert.Equal(0, await Deadline.Within(server.Exit, "the server ends", server.Describe));
            expected = run.Records.Select(LedgerTotals.Of).Aggregate((sum, one) => sum + one);
            Assert.True(expected.Generated > 500);
        }

        await using var restarted = await EmbeddedServer.StartAsync(data);
        var read = await LedgerTotals.ReadAsync(http, restarted.Address!);
        Assert.Equal(expected, read!.Value.Totals);
    }

    [Fact(Skip = "Failed once on a busy machine: the restarted server's ledger stayed empty. Why is not known yet.")]
    public async Task A_session_interrupted_by_kill_9_is_in_the_ledger_once_after_the_restart()
    {
        var data = Reaper.NewFolder("data");
        using var http = new HttpClient();
        var plan = ChaosPlans.All.First(plan => plan.Kind == StreamKind.Native && plan.Body["ignore_eos"]!.GetValue<bool>());
        var server = await EmbeddedServer.StartAsync(data);
        try
        {
            await using var run = new StreamRun([plan], () => server.Address!);
            await Deadline.Within(run.Records[0].Reached(100), "100 tokens have come", server.Describe);
            await server.KillAsync();
            server = await EmbeddedServer.StartAsync(data);
            await Deadline.Within(run.Ended, "the stream ends", () => run.Describe() + Environment.NewLine + server.Describe());
            var expected = LedgerTotals.Of(run.Records[0]);
            LedgerTotals? last = null;
            await Deadline.Until(
                async () => (last = (await LedgerTotals.ReadAsync(http, server.Address!))?.Totals) == expected,
                $"the ledger holds {expected}",
                () => $"It holds {last}.{Environment.NewLine}{server.Describe()}");
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
