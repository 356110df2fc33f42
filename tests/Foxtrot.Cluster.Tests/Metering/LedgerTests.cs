using CsCheck;
using Foxtrot.Cluster.Metering;
using Foxtrot.Contracts.Metering;

namespace Foxtrot.Cluster.Tests.Metering;

public sealed class LedgerTests
{
    private static readonly string[] Models = ["small", "large"];

    [Fact]
    public void However_reports_are_lost_repeated_reordered_and_merged_every_generation_counts_once() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var simulation = new LedgerSimulation(random);
            for (var i = 0; i < 6; i++)
            {
                Generation(simulation, random, $"output {i}", gatewayDies: false);
            }

            simulation.Drain();
            simulation.AssertExact();
            Assert.Empty(simulation.State.Open);
            simulation.Wait(Ledger.Remembering + TimeSpan.FromSeconds(1));
            Assert.Empty(simulation.State.Closed);
            simulation.AssertExact();
        },
        iter: 2000);

    [Fact]
    public void A_ledger_that_moves_itself_knows_what_it_has_taken() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var simulation = new LedgerSimulation(random, moves: true);
            for (var i = 0; i < 6; i++)
            {
                Generation(simulation, random, $"output {i}", gatewayDies: false, mostWorkers: 1);
            }

            simulation.Drain();
            simulation.AssertExact();
            Assert.Empty(simulation.State.Open);
        },
        iter: 2000);

    [Fact]
    public void What_a_dead_gateway_may_have_taken_counts_as_delivered_and_its_requests_as_aborted() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var simulation = new LedgerSimulation(random);
            for (var i = 0; i < 4; i++)
            {
                Generation(simulation, random, $"output {i}", gatewayDies: i % 2 == 0);
            }

            simulation.Drain();
            Assert.Equal(2, simulation.State.Open.Count);
            simulation.Dead.Add("gateway that dies");
            simulation.Wait(TimeSpan.FromSeconds(15));
            simulation.AssertExact();
            Assert.Empty(simulation.State.Open);
        },
        iter: 1000);

    [Fact]
    public void A_session_counts_once_over_turns_activations_and_closed_entries() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var simulation = new LedgerSimulation(random);
            var sessions = Enumerable.Range(0, 3).Select(i => new Session(simulation, random, $"session {i}", Models[i % 2])).ToArray();
            for (var step = 0; step < 120; step++)
            {
                sessions[random.Next(sessions.Length)].Step();
                simulation.Step();
            }

            simulation.Drain();
            foreach (var session in sessions)
            {
                session.Settle();
                simulation.Drain();
                session.Settle();
            }

            simulation.Drain();
            Assert.Empty(simulation.Wait(Ledger.Settling));
            Assert.Empty(simulation.State.Open);

            // The entries are gone: what a session uses now begins where the session says that the ledger stood.
            foreach (var session in sessions)
            {
                session.Step();
            }

            simulation.Drain();
            simulation.AssertExact();
        },
        iter: 1000);

    [Fact]
    public void The_simulated_network_does_lose_and_repeat()
    {
        var random = new Random(1);
        var simulation = new LedgerSimulation(random);
        for (var i = 0; i < 20; i++)
        {
            Generation(simulation, random, $"output {i}", gatewayDies: false);
        }

        simulation.Drain();
        Assert.True(simulation.Losses > 3);
        Assert.True(simulation.Repeats > 3);
    }

    [Fact]
    public void A_day_that_is_over_never_changes_even_under_a_clock_that_is_behind()
    {
        var state = new LedgerState();
        state = Ledger.Apply(state, Batch("a", 1, Whole(5)), At(23));
        state = Ledger.Apply(state, Batch("a", 2, Whole(7)), At(24));
        state = Ledger.Apply(state, Batch("a", 3, Whole(1)), At(23));
        Assert.Equal(5, state.Days[new LedgerDay(new DateOnly(2026, 11, 23), "small")].Requests);
        Assert.Equal(8, state.Days[new LedgerDay(new DateOnly(2026, 11, 24), "small")].Requests);

        static DateTimeOffset At(int day) => new(2026, 11, day, 12, 0, 0, TimeSpan.Zero);
        static LedgerReport Whole(int requests) =>
            new() { Entry = "r", Model = "small", Source = LedgerSource.Whole, Counts = new UsageCounts { Requests = requests } };
    }

    [Fact]
    public void Requests_that_clients_name_alike_count_each()
    {
        var request = new LedgerReport { Entry = "mine", Model = "small", Source = LedgerSource.Whole, Counts = new UsageCounts { Requests = 1 } };
        var state = Ledger.Apply(new LedgerState(), Batch("a", 1, request.Then(request), request), LedgerSimulation.Start);
        Assert.Equal(3, Assert.Single(state.Days).Value.Requests);
    }

    [Fact]
    public void A_silent_session_is_asked_once_a_minute_or_soon_where_its_process_is_gone_and_a_settled_one_leaves()
    {
        var now = LedgerSimulation.Start;
        var report = new LedgerReport { Entry = "s", Model = "small", Source = LedgerSource.Session, Opens = true, Counts = new UsageCounts { Requests = 1 } };
        var state = Ledger.Apply(new LedgerState(), Batch("a", 1, report), now);
        Assert.Empty(Ledger.Sweep(state, now + Ledger.Asking / 2, _ => true).Ask);
        Assert.Empty(Ledger.Sweep(state, now + Ledger.Mourning / 2, _ => false).Ask);
        Assert.Equal(["s"], Ledger.Sweep(state, now + Ledger.Mourning, name => name != "a").Ask);
        (state, var ask) = Ledger.Sweep(state, now += Ledger.Asking, _ => true);
        Assert.Equal(["s"], ask);
        Assert.Empty(Ledger.Sweep(state, now, _ => true).Ask);
        state = Ledger.Apply(state, Batch("a", 2, report with { Opens = false, Done = true }), now);
        Assert.Single(Ledger.Sweep(state, now, _ => true).State.Open);
        Assert.Empty(Ledger.Sweep(state, now + Ledger.Settling, _ => true).State.Open);
    }

    [Fact]
    public void An_output_of_a_living_worker_and_gateway_stays_open_however_long_it_is_silent_for_hours()
    {
        var start = new LedgerReport { Entry = "o", Model = "small", Source = LedgerSource.Worker, Opens = true, Reader = "gateway" };
        var state = Ledger.Apply(new LedgerState(), Batch("worker", 1, start), LedgerSimulation.Start);
        Assert.Single(Ledger.Sweep(state, LedgerSimulation.Start + TimeSpan.FromHours(5), _ => true).State.Open);
        Assert.Single(Ledger.Sweep(state, LedgerSimulation.Start + TimeSpan.FromMinutes(50), name => name == "worker").State.Open);
        Assert.Single(Ledger.Sweep(state, LedgerSimulation.Start + TimeSpan.FromHours(5), name => name == "gateway").State.Open);
        Assert.Empty(Ledger.Sweep(state, LedgerSimulation.Start + TimeSpan.FromHours(5), _ => false).State.Open);
    }

    private static LedgerBatch Batch(string sender, long number, params LedgerReport[] reports) => new(sender, number, reports);

    // A generation that moves between workers, some of which die before they have said anything of it.
    private static void Generation(LedgerSimulation simulation, Random random, string name, bool gatewayDies, int mostWorkers = 3)
    {
        var model = Models[random.Next(Models.Length)];
        var gateway = gatewayDies ? "gateway that dies" : "gateway";
        var prompt = random.Next(1, 100);
        var workers = random.Next(1, mostWorkers + 1);
        var generated = 0;
        var epoch = 0;
        var aborted = gatewayDies || random.Next(3) == 0;
        LedgerReport Worker(UsageCounts counts) => new()
        {
            Entry = name,
            Model = model,
            Source = LedgerSource.Worker,
            Counts = counts with { Requests = 1, PromptTokens = prompt },
            Taken = generated,
            Reader = gateway,
            Epoch = epoch,
        };
        for (var i = 0; i < workers; i++)
        {
            var isLast = i == workers - 1;
            var worker = $"worker {random.Next(3)} of {i}";
            if (!isLast && random.Next(3) == 0)
            {
                // Dies at once; the next one generates the same tokens again.
                continue;
            }

            epoch++;
            simulation.Report(worker, Worker(default) with { Opens = true, Taken = 0 });
            Some(simulation, random);
            generated += random.Next(200);
            simulation.Report(worker, Worker(new UsageCounts { GeneratedTokens = generated, Aborted = isLast && gatewayDies ? 1 : 0 }) with { Done = isLast });
            Some(simulation, random);
        }

        var delivered = gatewayDies ? generated : aborted ? random.Next(generated + 1) : generated;
        var counts = new UsageCounts { Requests = 1, Aborted = aborted ? 1 : 0, PromptTokens = prompt, GeneratedTokens = generated, DeliveredTokens = delivered };
        simulation.Used(model, counts);
        if (!gatewayDies)
        {
            simulation.Report(gateway, new LedgerReport
            {
                Entry = name,
                Model = model,
                Source = LedgerSource.Reader,
                Counts = counts with { GeneratedTokens = random.Next(delivered, generated + 1) },
                Opens = true,
                Done = true,
                Reader = gateway,
            });
        }

        Some(simulation, random);
    }

    private static void Some(LedgerSimulation simulation, Random random)
    {
        for (var i = random.Next(3); i > 0; i--)
        {
            simulation.Step();
        }
    }

    // A stored session: its counts only grow, and a new activation begins with what was stored.
    private sealed class Session(LedgerSimulation simulation, Random random, string name, string model)
    {
        private UsageCounts _counts;
        private UsageCounts _accounted;
        private int _activation;

        public void Step()
        {
            switch (random.Next(5))
            {
                case 0:
                    Grow(new UsageCounts { Requests = 1, PromptTokens = random.Next(50) });
                    break;
                case 1:
                    _activation++;
                    break;
                case 2:
                    Settle();
                    return;
                default:
                    var generated = random.Next(64);
                    Grow(new UsageCounts { GeneratedTokens = generated, DeliveredTokens = random.Next(generated + 1) });
                    break;
            }

            simulation.Report(Worker, Entry());
        }

        public void Settle()
        {
            if (_counts == _accounted)
            {
                simulation.Report(Worker, Entry() with { Opens = false, Done = true });
                return;
            }

            var (counts, activation) = (_counts, _activation);
            simulation.Report(Worker, Entry(), () =>
            {
                // Only the activation that asked, and only when it could store the answer.
                if (activation == _activation)
                {
                    _accounted = counts;
                }
            });
        }

        private string Worker => $"worker {_activation % 3}";

        private void Grow(UsageCounts more)
        {
            _counts += more;
            simulation.Used(model, more);
        }

        private LedgerReport Entry() => new() { Entry = name, Model = model, Source = LedgerSource.Session, Counts = _counts, Opens = true, Base = _accounted };
    }
}
