using System.Diagnostics;
using Foxtrot.Bench.Load;

namespace Foxtrot.Bench.Scale;

/// <summary>Measures what a cluster itself costs: real processes and clients, but steps that wait instead of computing.</summary>
internal sealed class ScaleBench(ScaleBenchOptions options)
{
    private const string Prompt = "Once upon a time";
    private const double Reached = 0.9;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Measures one cluster after the other.</summary>
    /// <param name="progress">Hears what is being measured; null for nobody.</param>
    /// <param name="cancellationToken">Gives up; processes are ended first.</param>
    /// <exception cref="LoadTargetException">A cluster cannot be started or measured.</exception>
    public async Task<ScaleBenchResult> RunAsync(Action<string>? progress, CancellationToken cancellationToken)
    {
        var rows = new List<ScaleBenchRow>();
        foreach (var workers in options.Workers)
        {
            progress?.Invoke($"{workers} workers");
            await using var cluster = await ScaleCluster.StartAsync(options, workers, cancellationToken);
            rows.Add(await MeasureAsync(cluster, cancellationToken));
        }

        var one = rows.Find(row => row.Workers == 1)?.TokensPerSecond;
        return new ScaleBenchResult(
            MachineDescription.Current(),
            options.Step.TotalMilliseconds,
            options.Slots,
            options.ClientsPerWorker,
            options.Tokens,
            [.. rows.Select(row => row with { RatioToOne = one > 0 ? Math.Round(row.TokensPerSecondPerWorker / one.Value, 4) : null })]);
    }

    private async Task<ScaleBenchRow> MeasureAsync(ScaleCluster cluster, CancellationToken cancellationToken)
    {
        var clients = cluster.Workers.Count * options.ClientsPerWorker;
        using var load = new LoadBench(new LoadBenchOptions
        {
            Server = cluster.Gateway.Address,
            ApiKey = cluster.Key,
            Prompt = Prompt,
            Tokens = options.Tokens,
            Clients = clients,
            Duration = options.Ramp + options.Duration,
            Ramp = options.Ramp,
            Finish = true,
            Warmup = 2 * clients,
        });
        await load.PrepareAsync(cancellationToken);
        using var view = cluster.View();
        var idle = await view.IdleAsync(0, cancellationToken);

        var measuring = load.MeasureAsync(cancellationToken);
        await Task.Delay(options.Ramp, cancellationToken);
        var (receivedBefore, before) = (load.Received, ProcessorSample.Take(cluster));
        var samples = await WatchAsync(view, measuring, cancellationToken);
        var (tokens, after) = (load.Received - receivedBefore, ProcessorSample.Take(cluster));

        var result = (await measuring).Summarize();
        var done = await view.IdleAsync(idle.Sum(w => w.OutputTokens) + result.Tokens, cancellationToken);
        long[] generated = [.. done.Zip(idle, (end, start) => end.OutputTokens - start.OutputTokens)];
        return Row(cluster.Workers.Count, result, tokens, before, after, samples, new ScaleAccounting(result.Tokens, generated));
    }

    // Until the measurement's time is over; its last replies are still being read then.
    private async Task<List<IReadOnlyList<WorkerSample>>> WatchAsync(WorkerView view, Task measuring, CancellationToken cancellationToken)
    {
        var samples = new List<IReadOnlyList<WorkerSample>>();
        var start = Stopwatch.GetTimestamp();
        while (options.Duration - Stopwatch.GetElapsedTime(start) is var left && left > TimeSpan.Zero && !measuring.IsCompleted)
        {
            samples.Add(await view.ReadAsync(cancellationToken));
            await Task.Delay(left < Look ? left : Look, cancellationToken);
        }

        return samples;
    }

    private ScaleBenchRow Row(
        int workers,
        LoadBenchResult load,
        long tokens,
        ProcessorSample before,
        ProcessorSample after,
        List<IReadOnlyList<WorkerSample>> samples,
        ScaleAccounting accounting)
    {
        var seconds = Stopwatch.GetElapsedTime(before.Moment, after.Moment).TotalSeconds;
        var perWorker = tokens / seconds / workers;
        var toIdeal = perWorker * options.Step.TotalSeconds / options.Slots;
        var used = samples.Average(sample => sample.Sum(w => w.Running)) / (workers * options.Slots);
        var gateway = (after.Gateway - before.Gateway).TotalSeconds;
        var worker = (after.Workers - before.Workers).TotalSeconds;
        var client = (after.Clients - before.Clients).TotalSeconds;
        var machine = (after.Machine - before.Machine)?.TotalSeconds;
        return new ScaleBenchRow(
            workers,
            Math.Round(tokens / seconds, 1),
            Math.Round(perWorker, 1),
            null,
            Math.Round(toIdeal, 4),
            Math.Round(used, 4),
            perWorker > 0 ? Math.Round(used * options.Slots / perWorker * 1000, 3) : 0,
            Balance(samples, accounting.Generated),
            new ScaleCost(PerToken(gateway), PerToken(worker), PerToken(client)),
            new ScaleCores(Cores(gateway), Cores(worker), Cores(client), machine is { } all ? Cores(Math.Max(0, all - gateway - worker - client)) : null),
            load.Ttft,
            load.Itl,
            load.Errors,
            FirstLimit(toIdeal, used, machine / seconds / Environment.ProcessorCount),
            accounting)
        {
            ErrorKinds = load.ErrorKinds,
            DurationSeconds = Math.Round(seconds, 3),
        };

        double PerToken(double time) => tokens > 0 ? Math.Round(time * 1e6 / tokens, 2) : 0;
        double Cores(double time) => Math.Round(time / seconds, 3);
    }

    /// <summary>What kept a cluster from the ideal.</summary>
    /// <param name="toIdeal">What it reached of it.</param>
    /// <param name="slotsUsed">Part of the slots that were in use.</param>
    /// <param name="busy">Part of the machine's processors that were in use; null when not known.</param>
    public static string FirstLimit(double toIdeal, double slotsUsed, double? busy) =>
        toIdeal >= Reached ? "steps"
        : busy >= Reached ? "processor"
        : slotsUsed < toIdeal / slotsUsed ? "slots" : "overhead";

    private static ScaleBalance Balance(List<IReadOnlyList<WorkerSample>> samples, IReadOnlyList<long> generated)
    {
        double[] ratios = [.. samples.Select(sample => LargestToMean([.. sample.Select(w => (double)w.Sequences)])).Order()];
        return new ScaleBalance(ratios[ratios.Length / 2], ratios[^1], LargestToMean([.. generated.Select(tokens => (double)tokens)]));
    }

    /// <summary>The largest of some numbers relative to their mean; 1 when all are zero.</summary>
    public static double LargestToMean(double[] values) => values.Average() is var mean and > 0 ? Math.Round(values.Max() / mean, 4) : 1;
}
