using System.Globalization;
using Spectre.Console;

namespace Foxtrot.Bench.Load;

/// <summary>Shows a result to people.</summary>
internal static class LoadBenchTable
{
    /// <summary>Writes it.</summary>
    public static void Write(LoadBenchResult result, IAnsiConsole console)
    {
        console.WriteLine($"{result.Model}, {result.Clients} clients, {result.Machine}");
        var table = new Table { Border = console.Profile.Capabilities.Ansi ? TableBorder.Rounded : TableBorder.Markdown };
        table.AddColumn("");
        table.AddColumn(new TableColumn("p50").RightAligned());
        table.AddColumn(new TableColumn("p99").RightAligned());
        table.AddColumn(new TableColumn("longest").RightAligned());
        AddRow(table, "time to first token, ms", result.Ttft);
        AddRow(table, "between tokens, ms", result.Itl);
        console.Write(table);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Tokens} tokens of {result.Requests} requests in {result.DurationSeconds:0.0} s: {result.TokensPerSecond:0} tokens/s, {result.ClientCpuUsPerToken ?? 0:0.0} µs of the clients' processor time per token"));
        if (!result.CountedByUsage)
        {
            console.WriteLine("The server does not count its tokens: pieces of text were counted.");
        }

        Say(result.Short, "replies ended before they had all their tokens");
        Say(result.Unfinished, "requests were cut off by the end of the measurement");
        foreach (var (kind, count) in result.ErrorKinds.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            Say(count, $"requests failed: {kind}");
        }

        void Say(int count, string what)
        {
            if (count > 0)
            {
                console.WriteLine($"{count} {what}");
            }
        }
    }

    /// <summary>A time, or a dash when there was none.</summary>
    public static string Text(double? milliseconds) => milliseconds?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";

    private static void AddRow(Table table, string name, Latency latency) =>
        table.AddRow(name, Text(latency.P50), Text(latency.P99), Text(latency.Max));
}
