using System.CommandLine;
using System.Globalization;
using Foxtrot.Bench;
using Foxtrot.Bench.Scale;
using Foxtrot.Output;
using Spectre.Console;

namespace Foxtrot.Commands;

/// <summary><c>foxtrot bench scale</c>: what a cluster of a gateway and some workers costs beside its models.</summary>
internal sealed class BenchScaleCommand
{
    private const string Description = """
        What a cluster costs beside its models: starts a gateway and some workers as processes on this machine, with steps that wait instead
        of computing, and streams from them with as many clients as they have slots.

        If the cluster cost nothing, each worker would give slots / step tokens per second. What it gives less is told apart: slots that were
        empty, and steps that took longer. Processor time is that of this machine, which gateway, workers and clients share.

        Redis, or Garnet started with --lua --lua-transaction-mode, must be running; the bench uses names of its own there and removes them:
          foxtrot bench scale --redis localhost:6379 --workers 1,2,4 --step 20ms
        """;

    private const int MostWorkers = 64;

    private readonly Option<string?> _redis = Options.Text("--redis", "Redis or Garnet for the clusters", "host:port");
    private readonly Option<string?> _workers = Options.Text("--workers", "Worker processes of each cluster, as a list (default: 1,2,4)", "sizes");
    private readonly Option<string?> _step = Options.Text("--step", "How long a worker's step waits (default: 20ms)", "ms");
    private readonly Option<int?> _slots = Options.Number<int>("--slots", "Sequences that a worker generates at once (default: 64)");
    private readonly Option<int?> _clients = Options.Number<int>("--clients-per-worker", "Clients for each worker, which each keep one request in flight (default: 64)");
    private readonly Option<int?> _tokens = Options.Number<int>("--tokens", "Output tokens per request (default: 128)");
    private readonly Option<double?> _duration = Options.Number<double>("--duration", "Seconds to measure each cluster (default: 15)");
    private readonly Option<bool> _json = Options.Flag("--json", "Print one JSON document instead of a table");

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var scale = new BenchScaleCommand();
        var command = new Command("scale", Description)
        {
            scale._redis, scale._workers, scale._step, scale._slots, scale._clients, scale._tokens, scale._duration, scale._json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = scale.Read(parsed);
            BenchLoadCommand.PreferInlineCompletions();
            var bench = new ScaleBench(options);
            var result = terminal.IsInteractive
                ? await terminal.Console.Status().StartAsync("Measuring", status => bench.RunAsync(text => status.Status = $"Measuring {text}", cancellationToken))
                : await bench.RunAsync(null, cancellationToken);
            if (parsed.GetValue(scale._json))
            {
                terminal.Output.Write(BenchJson.Write(result) + "\n");
            }
            else
            {
                ScaleBenchTable.Write(result, terminal.Console);
            }

            return 0;
        });
        return command;
    }

    private ScaleBenchOptions Read(ParseResult parsed)
    {
        if (parsed.GetValue(_redis) is not { Length: > 0 } redis)
        {
            throw new UsageException("--redis must be given: the processes of a cluster find each other there");
        }

        var step = parsed.GetValue(_step) ?? "20ms";
        if (!Milliseconds.TryParse(step, out var wait) || wait < Milliseconds.Least || wait > Milliseconds.Most)
        {
            throw new UsageException($"--step must be {Milliseconds.Bounds}, but is '{step}'");
        }

        var seconds = parsed.GetValue(_duration) ?? 15;
        return new ScaleBenchOptions
        {
            Redis = redis,
            Workers = parsed.GetValue(_workers) is { } sizes ? Options.Sizes("--workers", sizes, 1, MostWorkers) : [1, 2, 4],
            Step = wait,
            Slots = Options.Bounded("--slots", parsed.GetValue(_slots) ?? 64, 1, 4096),
            ClientsPerWorker = Options.Bounded("--clients-per-worker", parsed.GetValue(_clients) ?? 64, 1, 4096),
            Tokens = Options.Bounded("--tokens", parsed.GetValue(_tokens) ?? 128, 1, 256),
            Duration = seconds is >= 1 and <= 3600
                ? TimeSpan.FromSeconds(seconds)
                : throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--duration must be in [1, 3600], but is {seconds}")),
        };
    }
}
