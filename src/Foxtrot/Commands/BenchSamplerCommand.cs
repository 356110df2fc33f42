using System.CommandLine;
using Foxtrot.Bench;
using Foxtrot.Output;
using Spectre.Console;

namespace Foxtrot.Commands;

/// <summary><c>foxtrot bench sampler</c>: microseconds per sampled row, beside one vectorised read of the row.</summary>
internal static class BenchSamplerCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var names = string.Join(", ", SamplerBenchCase.All.Select(c => c.Name));
        var json = Options.Flag("--json", "Print one JSON document instead of a table");
        var shape = Options.Text("--rows", "Shape of the rows: peaked as a language model's (default), or flat", "shape");
        var cases = Options.Text("--cases", $"Cases to run, as a list (default: {names})", "names");
        var vocabularies = Options.Text("--vocab", "Vocabulary sizes, as a list (default: 4096,32000,151936)", "sizes");
        var batches = Options.Text("--batch", "Rows per call, as a list (default: 1,64)", "sizes");
        var threads = Options.Number<int>("--threads", "Threads that a batch may use (default: 1)");
        var command = new Command("sampler", "Microseconds per sampled row, beside one vectorised read of the row.") { json, shape, cases, vocabularies, batches, threads };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new SamplerBenchOptions();
            options = options with
            {
                Rows = ReadShape(parsed.GetValue(shape)),
                Cases = parsed.GetValue(cases) is { } list ? [.. Options.Split(list).Select(Case)] : options.Cases,
                Vocabularies = parsed.GetValue(vocabularies) is { } sizes ? Options.Sizes("--vocab", sizes, 1_000, 10_000_000) : options.Vocabularies,
                Batches = parsed.GetValue(batches) is { } rows ? Options.Sizes("--batch", rows, 1, 4096) : options.Batches,
                Threads = parsed.GetValue(threads) is { } count ? Options.Bounded("--threads", count, 1, 64) : options.Threads,
            };
            var result = Measure(terminal, options, cancellationToken);
            if (parsed.GetValue(json))
            {
                terminal.Output.Write(BenchJson.Write(result) + "\n");
            }
            else
            {
                SamplerBenchTable.Write(result, terminal.Console);
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private static SamplerBenchResult Measure(Terminal terminal, SamplerBenchOptions options, CancellationToken cancellationToken)
    {
        if (!terminal.IsInteractive)
        {
            return SamplerBench.Run(options, null, cancellationToken);
        }

        return terminal.Console.Status().Start(
            "Measuring",
            status => SamplerBench.Run(options, new StatusProgress(text => status.Status = text), cancellationToken));
    }

    private static BenchRowShape ReadShape(string? text) => text switch
    {
        null or "peaked" => BenchRowShape.Peaked,
        "flat" => BenchRowShape.Flat,
        _ => throw new UsageException($"--rows must be peaked or flat, but is '{text}'"),
    };

    private static SamplerBenchCase Case(string name) => SamplerBenchCase.All.FirstOrDefault(c => c.Name == name)
        ?? throw new UsageException($"--cases must be a list of {string.Join(", ", SamplerBenchCase.All.Select(c => c.Name))}, but has '{name}'");

    private sealed class StatusProgress(Action<string> show) : IProgress<string>
    {
        public void Report(string value) => show(value);
    }
}
