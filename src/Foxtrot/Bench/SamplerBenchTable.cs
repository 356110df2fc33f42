using System.Globalization;
using Spectre.Console;

namespace Foxtrot.Bench;

/// <summary>Writes a <see cref="SamplerBenchResult"/> as a table for people; plain lines when the output is no terminal.</summary>
public static class SamplerBenchTable
{
    /// <summary>Writes machine and table to <paramref name="console"/>; times and bytes are per row sampled.</summary>
    public static void Write(SamplerBenchResult result, IAnsiConsole console)
    {
        console.WriteLine(result.Machine.ToString());
        var table = new Table { Border = console.Profile.Out.IsTerminal ? TableBorder.Rounded : TableBorder.None };
        table.AddColumn(new TableColumn("case").NoWrap());
        foreach (var header in (string[])["vocab", "batch", "median µs", "p99 µs", "× read", "bytes"])
        {
            table.AddColumn(new TableColumn(header).NoWrap().RightAligned());
        }

        foreach (var row in result.Rows)
        {
            table.AddRow(
                new Text(row.Case),
                Number(row.Vocab, "N0"),
                Number(row.Batch, "N0"),
                Number(row.MedianUs, "N1"),
                Number(row.P99Us, "N1"),
                Number(row.RatioToRead, "N1"),
                Number(row.AllocatedBytes, "N0"));
        }

        console.Write(table);
    }

    private static Text Number(double value, string format) => new(value.ToString(format, CultureInfo.InvariantCulture));
}
