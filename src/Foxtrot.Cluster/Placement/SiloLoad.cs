using Foxtrot.Cluster.Workers;

namespace Foxtrot.Cluster.Placement;

/// <summary>A silo's latest report and what this process has placed on it since.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SiloLoad(LoadReport report)
{
    private readonly int[] _placed = new int[report.Models.Length];

    /// <summary>The report.</summary>
    public LoadReport Report { get; } = report;

    /// <summary>The model's load as reported, or null when the silo does not have it.</summary>
    public ModelLoad? Find(string model) => IndexOf(model) is var index and >= 0 ? Report.Models[index] : null;

    /// <summary>Counts one sequence more until the next report.</summary>
    public void Place(string model)
    {
        if (IndexOf(model) is var index and >= 0)
        {
            Interlocked.Increment(ref _placed[index]);
        }
    }

    /// <summary>Sequences per slot, 0 when idle and more than 1 when some wait; infinite without the model.</summary>
    public double LoadOf(string model)
    {
        if (IndexOf(model) is not (var index and >= 0))
        {
            return double.PositiveInfinity;
        }

        var load = Report.Models[index];
        return (load.Running + load.Waiting + Volatile.Read(ref _placed[index])) / (double)Math.Max(1, load.Info.Slots);
    }

    private int IndexOf(string model)
    {
        for (var index = 0; index < Report.Models.Length; index++)
        {
            if (string.Equals(Report.Models[index].Info.Name, model, StringComparison.Ordinal))
            {
                return index;
            }
        }

        return -1;
    }
}
