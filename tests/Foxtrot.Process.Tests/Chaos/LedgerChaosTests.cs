using System.Globalization;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Chaos;

/// <summary>
/// What clients were given, plus what was generated and given to nobody, is what the ledger says, whatever happens to processes.
/// <c>FOXTROT_LEDGER_ROUNDS</c> says how often (default 7: every action once), <c>FOXTROT_CHAOS_SEED</c> repeats a run's choices,
/// <c>FOXTROT_CHAOS_ACTIONS</c> limits them to some.
/// </summary>
[Collection(OneAtATime.Name)]
public sealed class LedgerChaosTests(ITestOutputHelper output)
{
    private const int Workers = 3;
    private const int Slots = 16;
    private const int Unread = 4;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_ledger_is_the_sum_of_what_clients_received_and_what_was_generated_for_nobody()
    {
        var seed = Setting("FOXTROT_CHAOS_SEED", Environment.TickCount & 0xffff);
        var random = new Random(seed);
        var actions = Environment.GetEnvironmentVariable("FOXTROT_CHAOS_ACTIONS") is { Length: > 0 } names
            ? [.. names.Split(',').Select(Enum.Parse<ChaosAction>)]
            : Enum.GetValues<ChaosAction>();
        random.Shuffle(actions);
        var rounds = Setting("FOXTROT_LEDGER_ROUNDS", actions.Length);
        output.WriteLine($"FOXTROT_CHAOS_SEED={seed} FOXTROT_LEDGER_ROUNDS={rounds}");

        await using var cluster = await FoxtrotCluster.StartAsync(Workers, Slots);
        using var http = new HttpClient();
        var reference = await UndisturbedAsync(cluster);
        var total = await LedgerTotals.WaitAsync(
            cluster, http, "the ledger holds the undisturbed streams", ledger => ledger == Sum(reference.Values.Select(LedgerTotals.Of)));
        var report = new PauseReport();
        var interrupted = new Dictionary<StreamKind, int>();
        for (var i = 0; i < rounds; i++)
        {
            // One kind of stream at a time, so that none can make up for another.
            var kind = (StreamKind)(i % 3);
            var plans = ChaosPlans.All.Where(plan => plan.Kind == kind).ToArray();
            var round = ChaosRound.Draw(random, [actions[i % actions.Length]], Workers, plans);

            // Everything has begun when it happens: a client cannot say what became of a request that was lost on its way.
            round = round with { Token = Math.Max(round.Token, 30) };
            var unread = await CreateUnreadAsync(cluster, http);
            var outcome = await round.RunAsync(cluster, plans);
            report.Add(outcome);
            interrupted[kind] = interrupted.GetValueOrDefault(kind) + outcome.Records.Count(record => record.Broken is not null) + outcome.Pauses.Count;
            var others = new LedgerTotals(Unread, 0, unread.Sum(plan => LedgerTotals.PromptOf(reference[plan])), unread.Sum(plan => reference[plan].Tokens), 0);
            var expected = new Expectation(round, plans, outcome, reference, others);
            var before = total;
            total = await LedgerTotals.WaitAsync(
                cluster, http, $"seed {seed}, round {i}, {round}, {kind}: the ledger grows by {expected}, from {before}", ledger => expected.IsMet(ledger - before));
            output.WriteLine($"round {i}: {kind}, {round}: {total - before}, expected {expected}, {outcome.Casualties} casualties");
        }

        // Nothing comes late or twice.
        Assert.Equal(total, await LedgerTotals.WaitAsync(cluster, http, "the ledger answers", _ => true));
        output.WriteLine(report.ToString());
        Assert.All(interrupted, kind => Assert.True(kind.Value > 0, $"No stream of kind {kind.Key} was in the middle of its work: the test has not tested anything."));
    }

    private static async Task<Dictionary<StreamPlan, StreamRecord>> UndisturbedAsync(FoxtrotCluster cluster)
    {
        await using var run = new StreamRun(ChaosPlans.All, () => cluster.Address);
        await Deadline.Within(run.Ended, "the undisturbed streams end", () => run.Describe() + Environment.NewLine + cluster.Describe(), TimeSpan.FromSeconds(120));
        Assert.All(run.Records, record => Assert.True(record is { Broken: null, Tokens: > 0 }, $"{record.Name}: {record.Tokens} tokens, {record.Broken}"));
        return ChaosPlans.All.Zip(run.Records).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    // Sessions that go on by themselves: what they generate is known from the undisturbed run, and reaches no client.
    private static async Task<StreamPlan[]> CreateUnreadAsync(FoxtrotCluster cluster, HttpClient http)
    {
        var plans = ChaosPlans.All.Where(plan => plan.Kind == StreamKind.Native).Take(Unread).ToArray();
        foreach (var plan in plans)
        {
            await NativeStream.CreateAsync(http, cluster.Address, plan, Cancelled);
        }

        return plans;
    }

    private static LedgerTotals Sum(IEnumerable<LedgerTotals> totals) => totals.Aggregate(LedgerTotals.None, (sum, one) => sum + one);

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>What a round must have added: exactly, unless requests died with their gateway.</summary>
    private sealed class Expectation
    {
        private readonly LedgerTotals _least;
        private readonly LedgerTotals _most;

        public Expectation(
            ChaosRound round, IReadOnlyList<StreamPlan> plans, ChaosOutcome outcome, IReadOnlyDictionary<StreamPlan, StreamRecord> reference, LedgerTotals unread)
        {
            (_least, _most) = (unread, unread);
            foreach (var (plan, record) in plans.Zip(outcome.Records))
            {
                var whole = LedgerTotals.Of(reference[plan]);
                if (record.Broken is null)
                {
                    Assert.Equal(whole, LedgerTotals.Of(record));
                    _least += whole;
                    _most += whole;
                    if (round.TakesGateway && plan.Kind == StreamKind.Native)
                    {
                        // A session whose creation was answered by nobody any more runs unread; its client has made another.
                        _most += whole with { Delivered = 0 };
                    }

                    continue;
                }

                // Only a dead gateway breaks streams, and of these every token that a client has is in the ledger as delivered; what
                // the gateway had taken and not written any more may be, too. One that was cut in its first half was aborted.
                Assert.True(round.TakesGateway && plan.Kind != StreamKind.Native, $"{record.Name} broke: {record.Broken}");
                _least += record.Tokens == 0 ? LedgerTotals.None : new LedgerTotals(1, record.Tokens < reference[plan].Tokens / 2 ? 1 : 0, whole.Prompt, record.Tokens, record.Tokens);
                _most += new LedgerTotals(1, 1, whole.Prompt, whole.Generated, whole.Generated);
            }
        }

        public bool IsMet(LedgerTotals grown) =>
            grown.Requests >= _least.Requests && grown.Requests <= _most.Requests
            && grown.Aborted >= _least.Aborted && grown.Aborted <= _most.Aborted
            && grown.Prompt >= _least.Prompt && grown.Prompt <= _most.Prompt
            && grown.Generated >= _least.Generated && grown.Generated <= _most.Generated
            && grown.Delivered >= _least.Delivered && grown.Delivered <= _most.Delivered
            && grown.Delivered <= grown.Generated;

        public override string ToString() => _least == _most ? $"exactly {_least}" : $"at least {_least}, at most {_most}";
    }
}
