using System.Diagnostics;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Models;
using Foxtrot.Sampling;

namespace Foxtrot.Bench;

/// <summary>One measured case: the engine and the bare loop of the same shape, taken in turns in the same run.</summary>
/// <param name="Phase">decode or prefill.</param>
/// <param name="Batch">Rows.</param>
/// <param name="Context">Tokens per row.</param>
/// <param name="TokensPerSecond">The engine's, everything included.</param>
/// <param name="BareTokensPerSecond">The bare loop's.</param>
internal sealed record EngineBenchRow(string Phase, int Batch, int Context, double TokensPerSecond, double BareTokensPerSecond)
{
    /// <summary>Engine over bare loop; 1 is free of cost.</summary>
    public double Ratio => TokensPerSecond / BareTokensPerSecond;
}

/// <summary>Measures an engine against bare ONNX Runtime passes.</summary>
internal sealed class EngineBench(LoadedModel model, int rounds)
{
    private const int DecodeSteps = 40;
    private static readonly int[] Batches = [1, 2, 4, 8, 16, 32, 64];

    /// <summary>Contexts measured: those that the model has room for.</summary>
    public IReadOnlyList<int> Contexts { get; } = [.. new[] { 64, 512 }.Where(c => c <= model.ContextLength)];

    /// <summary>Runs every case and hands each row over as it is done.</summary>
    public async Task RunAsync(Action<EngineBenchRow> done, CancellationToken cancellationToken)
    {
        foreach (var context in Contexts)
        {
            foreach (var batch in Batches)
            {
                done(await DecodeAsync(batch, context, cancellationToken));
            }

            done(await PrefillAsync(context, cancellationToken));
        }
    }

    private async Task<EngineBenchRow> DecodeAsync(int batch, int context, CancellationToken cancellationToken)
    {
        var clock = new StepClock();
        await using var engine = new InferenceEngine(model, new EngineOptions { Slots = batch, ContextLength = context }, clock);
        using var bare = new BareDecodeLoop(model, batch, context - (DecodeSteps / 2), context, run: 1);
        var engineSeconds = new List<double>();
        var bareSeconds = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            clock.Restart(batch);
            await GenerateAsync(engine, batch, context - DecodeSteps, DecodeSteps);
            var bareTimes = Time(bare.Run, DecodeSteps);
            if (round > 0)
            {
                // The first round warms both up.
                engineSeconds.AddRange(clock.DecodeSeconds());
                bareSeconds.AddRange(bareTimes);
            }
        }

        return new EngineBenchRow("decode", batch, context, batch / Median(engineSeconds), batch / Median(bareSeconds));
    }

    private async Task<EngineBenchRow> PrefillAsync(int context, CancellationToken cancellationToken)
    {
        var clock = new StepClock();
        var prompt = context - 1;
        await using var engine = new InferenceEngine(model, new EngineOptions { Slots = 1, ContextLength = context }, clock);
        using var bare = new BareDecodeLoop(model, 1, 0, context, run: prompt);
        var engineSeconds = new List<double>();
        var bareSeconds = new List<double>();
        for (var round = 0; round <= 3 * rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            clock.Restart(0);
            await GenerateAsync(engine, 1, prompt, 1);
            var bareTimes = Time(bare.Run, 1);
            if (round > 0)
            {
                engineSeconds.Add(clock.PrefillSeconds().Sum());
                bareSeconds.AddRange(bareTimes);
            }
        }

        return new EngineBenchRow("prefill", 1, context, prompt / Median(engineSeconds), prompt / Median(bareSeconds));
    }

    private static async Task GenerateAsync(InferenceEngine engine, int batch, int prompt, int tokens)
    {
        var generations = new Generation[batch];
        for (var row = 0; row < batch; row++)
        {
            var ids = new int[prompt];
            for (var i = 0; i < prompt; i++)
            {
                ids[i] = (int)(((i + row) * 7919L) % engine.Vocabulary);
            }

            generations[row] = engine.Submit(new GenerationRequest
            {
                Log = TokenLog.FromPrompt(ids),
                Seed = (ulong)row,
                MaxTokens = tokens,
                Sampling = SamplingParams.Default with { Temperature = 0.8 },
            });
        }

        foreach (var generation in generations)
        {
            await generation.Completion;
        }
    }

    private static List<double> Time(Action run, int times)
    {
        var seconds = new List<double>(times);
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return seconds;
    }

    private static double Median(List<double> values)
    {
        if (values.Count == 0)
        {
            throw new InvalidOperationException("no step was measured");
        }

        values.Sort();
        return values[values.Count / 2];
    }
}
