using System.Globalization;
using System.Text;
using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.Soak;

/// <summary>Follows the memory of processes over time.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class MemoryWatch : IDisposable
{
    /// <summary>
    /// More than this share between the middle third and the last is growth. The first third is for warming up: code is compiled,
    /// allocators take what they will keep, and sessions that nobody uses gather until they are ten minutes old.
    /// </summary>
    private const double Share = 0.1;

    /// <summary>Growth of less is none: a collector's mood.</summary>
    private const double Mebibytes = 16;

    private const string HeapMetric = "dotnet_gc_last_collection_heap_size";

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Dictionary<FoxtrotProcess, Series> _processes = [];

    /// <summary>Samples taken of each process that was there from the first to the last.</summary>
    public int Samples { get; private set; }

    /// <summary>Looks at some processes now; one that has just ended is left out.</summary>
    public async Task SampleAsync(IEnumerable<FoxtrotProcess> processes)
    {
        Samples++;
        foreach (var process in processes.Where(p => !p.Exit.IsCompleted))
        {
            if (!_processes.TryGetValue(process, out var series))
            {
                _processes[process] = series = new Series([], [], []);
            }

            try
            {
                series.Resident.Add(process.ResidentBytes / 1048576.0);
                series.Handles.Add(process.OpenHandles);
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException)
            {
                continue;
            }

            if (await HeapAsync(process) is { } heap)
            {
                series.Heap.Add(heap / 1048576);
            }
        }
    }

    /// <summary>What has grown between the middle third of the samples and the last, of the processes that were there all the time.</summary>
    public IReadOnlyList<string> Growth() =>
    [
        .. Whole().SelectMany(p => new[] { (p.Key.Name, What: "resident", Values: p.Value.Resident), (p.Key.Name, What: "managed heap", Values: p.Value.Heap) })
            .Where(line => line.Values.Count > 2 && Grown(line.Values))
            .Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.What} of {line.Name}: {Middle(line.Values):0.0} to {Last(line.Values):0.0} MiB")),
    ];

    /// <inheritdoc/>
    public override string ToString()
    {
        var table = new StringBuilder("process     what           samples  first third  middle third  last third   most  (medians; MiB, or files and sockets)");
        foreach (var (process, series) in Whole())
        {
            foreach (var (what, values) in new[] { ("resident", series.Resident), ("managed heap", series.Heap), ("handles", series.Handles) })
            {
                if (values.Count > 2)
                {
                    table.AppendLine().Append(CultureInfo.InvariantCulture, $"{process.Name,-11} {what,-14} {values.Count,7} {First(values),12:0.0} {Middle(values),13:0.0} {Last(values),11:0.0} {values.Max(),6:0.0}");
                    table.Append(Grown(values) ? "  grown" : "  flat").Append("; over time");
                    foreach (var tenth in values.Chunk(Math.Max(1, values.Count / 10)))
                    {
                        table.Append(CultureInfo.InvariantCulture, $" {Median([.. tenth]):0}");
                    }
                }
            }
        }

        return table.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private IEnumerable<KeyValuePair<FoxtrotProcess, Series>> Whole() => _processes.Where(p => p.Value.Resident.Count >= Samples - 1);

    private static bool Grown(List<double> values) => Last(values) - Middle(values) is var more && more > Mebibytes && more > Middle(values) * Share;

    private static double First(List<double> values) => Median(values[..(values.Count / 3)]);

    private static double Middle(List<double> values) => Median(values[(values.Count / 3)..^(values.Count / 3)]);

    private static double Last(List<double> values) => Median(values[^(values.Count / 3)..]);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // Where a process has no metrics there is nothing to tell.
    private async Task<double?> HeapAsync(FoxtrotProcess process)
    {
        try
        {
            var text = await _http.GetStringAsync(new Uri(process.Address!, "/metrics"));
            var sizes = text.Split('\n').Where(line => line.StartsWith(HeapMetric, StringComparison.Ordinal)).Select(Value).ToArray();
            return sizes.Length > 0 ? sizes.Sum() : null;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    // name{labels} value [timestamp]
    private static double Value(string line) =>
        double.Parse(line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);

    private sealed record Series(List<double> Resident, List<double> Heap, List<double> Handles);
}
