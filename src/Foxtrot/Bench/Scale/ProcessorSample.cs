using System.Diagnostics;
using System.Globalization;

namespace Foxtrot.Bench.Scale;

/// <summary>Processor time used so far, and by whom.</summary>
/// <param name="Moment">When, as a timestamp.</param>
/// <param name="Gateway">By the gateway.</param>
/// <param name="Workers">By all workers.</param>
/// <param name="Clients">By this process.</param>
/// <param name="Machine">By everything on the machine; null where the system does not say.</param>
internal sealed record ProcessorSample(long Moment, TimeSpan Gateway, TimeSpan Workers, TimeSpan Clients, TimeSpan? Machine)
{
    private const string LinuxStat = "/proc/stat";
    private const double TicksPerSecond = 100;

    /// <summary>Takes a sample.</summary>
    public static ProcessorSample Take(ScaleCluster cluster) => new(
        Stopwatch.GetTimestamp(),
        cluster.Gateway.ProcessorTime,
        cluster.Workers.Aggregate(TimeSpan.Zero, (sum, worker) => sum + worker.ProcessorTime),
        Environment.CpuUsage.TotalTime,
        WholeMachine());

    // user nice system idle iowait irq softirq steal: proc_stat(5). Guests are in user already.
    private static TimeSpan? WholeMachine()
    {
        if (!File.Exists(LinuxStat))
        {
            return null;
        }

        var fields = File.ReadLines(LinuxStat).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double ticks = 0;
        for (var i = 1; i <= 7 && i < fields.Length; i++)
        {
            ticks += i is 4 or 5 ? 0 : double.Parse(fields[i], CultureInfo.InvariantCulture);
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }
}
