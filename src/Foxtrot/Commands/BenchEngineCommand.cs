using System.CommandLine;
using System.Globalization;
using Foxtrot.Bench;
using Foxtrot.Inference.Engine;
using Foxtrot.Output;
using Spectre.Console;

namespace Foxtrot.Commands;

/// <summary><c>foxtrot bench engine</c>: tokens per second of the engine beside those of a bare ONNX Runtime loop.</summary>
internal static class BenchEngineCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var model = new ModelOptions();
        var rounds = Options.Number<int>("--rounds", "Measured rounds per case (default: 5)");
        var batches = Options.Text("--batch", "Rows that decode at once, as a list (default: 1,2,4,8,16,32,64)", "sizes");
        var contexts = Options.Text("--context", "Tokens per row, as a list (default: 64,512)", "sizes");
        var json = Options.Flag("--json", "Print one JSON document instead of a table");
        var command = new Command("engine", "Tokens per second of the engine, beside those of a bare ONNX Runtime loop of the same shapes.");
        model.AddTo(command);
        command.Add(rounds);
        command.Add(batches);
        command.Add(contexts);
        command.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new EngineBenchOptions { Rounds = Options.Bounded("--rounds", parsed.GetValue(rounds) ?? 5, 1, 1000) };
            await using var served = model.Open(parsed, new EngineOptions { Slots = 1 }, terminal);
            var room = served.Model.ContextLength;
            options = options with
            {
                Batches = parsed.GetValue(batches) is { } sizes ? Options.Sizes("--batch", sizes, 1, 1024) : options.Batches,
                Contexts = parsed.GetValue(contexts) is { } lengths
                    ? Options.Sizes("--context", lengths, EngineBenchOptions.ShortestContext, room)
                    : [.. options.Contexts.Where(c => c <= room)],
            };
            var rows = new List<EngineBenchRow>();
            await new EngineBench(served.Model, options).RunAsync(rows.Add, cancellationToken);
            if (parsed.GetValue(json))
            {
                terminal.Output.Write(BenchJson.Write(new EngineBenchResult(MachineDescription.Current(), served.Folder.Name, rows)) + "\n");
            }
            else
            {
                WriteTable(terminal.Console, served, rows);
            }

            return 0;
        });
        return command;
    }

    private static void WriteTable(IAnsiConsole console, ServedModel served, List<EngineBenchRow> rows)
    {
        console.WriteLine($"{served.Folder.Name}, {served.Model.IntraOpThreads} threads, {MachineDescription.Current()}");
        var table = new Table { Border = console.Profile.Capabilities.Ansi ? TableBorder.Rounded : TableBorder.Markdown };
        table.AddColumn("phase");
        foreach (var column in new[] { "batch", "context", "tokens/s", "bare tokens/s", "ratio" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Phase, Text(row.Batch), Text(row.Context), Text(Math.Round(row.TokensPerSecond)), Text(Math.Round(row.BareTokensPerSecond)), row.Ratio.ToString("0.000", CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
