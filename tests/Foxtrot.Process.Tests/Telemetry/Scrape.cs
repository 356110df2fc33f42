using System.Globalization;
using System.Text.RegularExpressions;

namespace Foxtrot.Process.Tests.Telemetry;

/// <summary>What one answer of <c>/metrics</c> says of Foxtrot's own series.</summary>
internal sealed partial class Scrape
{
    private readonly List<(string Name, Dictionary<string, string> Labels, double Value)> _samples = [];

    /// <param name="text">In Prometheus's text format.</param>
    public Scrape(string text)
    {
        foreach (Match line in Sample().Matches(text))
        {
            var labels = Label().Matches(line.Groups[2].Value).Where(m => !m.Groups[1].Value.StartsWith("otel_scope", StringComparison.Ordinal))
                .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
            _samples.Add((line.Groups[1].Value, labels, double.Parse(line.Groups[3].Value, CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Every series' name with the names of its labels; of histograms the counts alone.</summary>
    public IReadOnlyList<string> Series =>
    [
        .. _samples.Where(s => !s.Name.EndsWith("_bucket", StringComparison.Ordinal) && !s.Name.EndsWith("_sum", StringComparison.Ordinal))
            .Select(s => $"{s.Name} {string.Join(',', s.Labels.Keys.Order(StringComparer.Ordinal))}").Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>The sum of a name's samples that have some labels.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels) =>
        _samples.Where(s => s.Name == name && labels.All(l => s.Labels.GetValueOrDefault(l.Name) == l.Value)).Sum(s => s.Value);

    [GeneratedRegex("^((?:foxtrot|gen_ai)_\\w+)\\{([^\\n]*?)\\} ([^ \\n]+)", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("(\\w+)=\"([^\"]*)\"")]
    private static partial Regex Label();
}
