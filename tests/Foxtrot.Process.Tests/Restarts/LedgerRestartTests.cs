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

    [Fact]
    public async Task Sessions_interrupted_by_kill_9_are_in_the_ledger_once_after_the_restart()
    {
        var data = Reaper.NewFolder("data");
        using var http = new HttpClient();
        var plans = ChaosPlans.All.Where(plan => plan.Kind == StreamKind.Native).ToArray();
        var server = await EmbeddedServer.StartAsync(data);
        try
        {
            await using var run = new StreamRun(plans, () => server.Address!);
            await Deadline.Within(Task.WhenAll(run.Records.Select(record => record.Reached(30))), "all streams have begun", server.Describe);
            await server.KillAsync();
            server = await EmbeddedServer.StartAsync(data);
            await Deadline.Within(run.Ended, "the streams end", () => run.Describe() + Environment.NewLine + server.Describe());
            Assert.Contains(run.Records, record => record.Reconnections > 0);
            var all = run.Records.Select(LedgerTotals.Of).Aggregate((sum, one) => sum + one);

            // A client that had everything said nothing to the new process, and the old one may not have stored that it had.
            var unheard = run.Records.Where(record => record.Reconnections == 0).Sum(record => record.Tokens);
            LedgerTotals? last = null;
            await Deadline.Until(
                async () => (last = (await LedgerTotals.ReadAsync(http, server.Address!))?.Totals) is { } now
                    && now with { Delivered = all.Delivered } == all
                    && now.Delivered >= all.Delivered - unheard
                    && now.Delivered <= all.Delivered,
                $"the ledger holds {all}, or up to {unheard} delivered less",
                () => $"It holds {last}.{Environment.NewLine}{server.Describe()}",
                TimeSpan.FromSeconds(180));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
