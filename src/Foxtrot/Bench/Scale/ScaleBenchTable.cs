using System.Globalization;
using Spectre.Console;

namespace Foxtrot.Bench.Scale;

/// <summary>Shows a result to people.</summary>
internal static class ScaleBenchTable
{
    private static readonly string[] Columns =
    [
        "workers", "tokens/s", "each", "to one", "to ideal", "slots used", "step, ms", "balance p50 / max", "gateway", "workers", "clients", "ttft p50 / p99, ms",
        "itl p50 / p99, ms", "errors", "limit",
    ];

    /// <summary>Writes it.</summary>
    public static void Write(ScaleBenchResult result, IAnsiConsole console)
    {
        console.WriteLine(result.Machine.ToString());
        console.WriteLine(Text($"steps of {result.StepMs} ms, {result.Slots} slots and {result.ClientsPerWorker} clients per worker, {result.TokensPerRequest} tokens per reply; gateway, workers and clients: µs of processor time per token"));
        var table = new Table { Border = console.Profile.Capabilities.Ansi ? TableBorder.Rounded : TableBorder.Markdown };
        foreach (var column in Columns)
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var row in result.Rows)
        {
            table.AddRow(
                Text($"{row.Workers}"), Text($"{row.TokensPerSecond:0}"), Text($"{row.TokensPerSecondPerWorker:0}"), row.RatioToOne is { } one ? Text($"{one:0.000}") : "-",
                Text($"{row.RatioToIdeal:0.000}"), Text($"{row.SlotsUsed:0.000}"), Text($"{row.StepMs:0.00}"), Text($"{row.Balance.SequencesP50:0.00} / {row.Balance.SequencesMax:0.00}"),
                Text($"{row.CpuUsPerToken.Gateway:0.0}"), Text($"{row.CpuUsPerToken.Workers:0.0}"), Text($"{row.CpuUsPerToken.Clients:0.0}"),
                Text($"{row.Ttft.P50:0.0} / {row.Ttft.P99:0.0}"), Text($"{row.Itl.P50:0.0} / {row.Itl.P99:0.0}"), Text($"{row.Errors}"), row.FirstLimit);
        }

        console.Write(table);
        foreach (var row in result.Rows.Where(row => row.Accounting.Received != row.Accounting.Generated.Sum()))
        {
            console.WriteLine(Text($"{row.Workers} workers: {row.Accounting.Generated.Sum()} tokens were generated, but {row.Accounting.Received} received"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
