using Foxtrot.Cluster.Metering;
using Foxtrot.Contracts.Metering;

namespace Foxtrot.Cluster.Tests.Metering;

/// <summary>Processes that report to one ledger over a network that loses, repeats and reorders, and what they have really used.</summary>
/// <param name="random">Decides.</param>
/// <param name="moves">Whether the ledger itself moves now and then: only what is stored goes along.</param>
internal sealed class LedgerSimulation(Random random, bool moves = false)
{
    private readonly Dictionary<string, Process> _processes = [];

    public static DateTimeOffset Start { get; } = new(2026, 11, 23, 23, 59, 0, TimeSpan.Zero);

    public LedgerState State { get; private set; } = new();

    public DateTimeOffset Now { get; private set; } = Start;

    public HashSet<string> Dead { get; } = [];

    /// <summary>What was really used, by model.</summary>
    public Dictionary<string, UsageCounts> Truth { get; } = [];

    public int Repeats { get; private set; }

    public int Losses { get; private set; }

    public void Used(string model, UsageCounts counts) => Truth[model] = Truth.GetValueOrDefault(model) + counts;

    public void Report(string process, LedgerReport report, Action? stored = null)
    {
        if (!_processes.TryGetValue(process, out var from))
        {
            _processes.Add(process, from = new Process());
        }

        var key = (report.Entry, report.Source);
        from.Pending[key] = from.Pending.TryGetValue(key, out var before) ? before.Then(report) : report;
        if (stored is not null)
        {
            from.Waiting.Add(stored);
        }
    }

    /// <summary>Lets one process send something, or its message be lost, or its acknowledgement.</summary>
    /// <returns>False when nobody has anything to send.</returns>
    public bool Step()
    {
        var ready = _processes.Where(p => p.Value.Underway is not null || p.Value.Pending.Count > 0).ToArray();
        if (ready.Length == 0)
        {
            return false;
        }

        var (name, process) = ready[random.Next(ready.Length)];
        if (process.Underway is null)
        {
            process.Underway = new LedgerBatch(name, ++process.Number, [.. process.Pending.Values]);
            (process.Called, process.Waiting) = (process.Waiting, []);
            process.Pending.Clear();
        }

        Now += TimeSpan.FromMilliseconds(random.Next(500));
        if (moves && random.Next(3) == 0)
        {
            State = State with { Closed = State.Closed.Clear() };
        }

        switch (random.Next(5))
        {
            case 0:
                Losses++;
                return true;
            case 1:
                // Stored, but the answer is lost: it comes again.
                State = Ledger.Apply(State, process.Underway, Now);
                Repeats++;
                return true;
            case 2:
                State = Ledger.Apply(State, process.Underway, Now);
                State = Ledger.Apply(State, process.Underway, Now);
                Repeats++;
                break;
            default:
                State = Ledger.Apply(State, process.Underway, Now);
                break;
        }

        process.Underway = null;
        foreach (var stored in process.Called)
        {
            stored();
        }

        return true;
    }

    public void Drain()
    {
        while (Step())
        {
        }
    }

    /// <summary>Lets time pass, with sweeps, until nothing is open but sessions that have not settled.</summary>
    public string[] Wait(TimeSpan time)
    {
        Now += time;
        (State, var ask) = Ledger.Sweep(State, Now, name => !Dead.Contains(name));
        return ask;
    }

    public void AssertExact()
    {
        var sums = State.Days.GroupBy(line => line.Key.Model).ToDictionary(g => g.Key, g => g.Aggregate(new UsageCounts(), (sum, line) => sum + line.Value));
        Assert.Equal(Truth.Keys.Order(), sums.Keys.Order());
        Assert.All(Truth, truth => Assert.Equal(truth.Value, sums[truth.Key]));
    }

    private sealed class Process
    {
        public Dictionary<(string, LedgerSource), LedgerReport> Pending { get; } = [];

        public LedgerBatch? Underway { get; set; }

        public long Number { get; set; }

        public List<Action> Waiting { get; set; } = [];

        public List<Action> Called { get; set; } = [];
    }
}
