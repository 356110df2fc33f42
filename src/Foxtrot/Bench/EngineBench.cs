using System.Diagnostics;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Models;
using Foxtrot.Sampling;

namespace Foxtrot.Bench;

/// <summary>What <c>foxtrot bench engine</c> measures.</summary>
internal sealed record EngineBenchOptions
{
    /// <summary>The shortest context: what the measured steps and a prompt need.</summary>
    public const int ShortestContext = 48;

    /// <summary>Measured rounds per case; each runs the engine and the bare loop in turn.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Rows that decode at once.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [1, 2, 4, 8, 16, 32, 64];

    /// <summary>Tokens per row at the end of the measured steps.</summary>
    public IReadOnlyList<int> Contexts { get; init; } = [64, 512];
}

/// <summary>Measures an engine against bare ONNX Runtime passes.</summary>
internal sealed class EngineBench(LoadedModel model, EngineBenchOptions options)
{
    private const int DecodeSteps = 40;
    private const int MostTokens = 65536;

    /// <summary>Runs every case and hands each row over as it is done.</summary>
    public async Task RunAsync(Action<EngineBenchRow> done, CancellationToken cancellationToken)
    {
        // Once for nothing: until everything is compiled, the compiler's threads take cores away.
        _ = await DecodeAsync(options.Batches[0], options.Contexts[0], cancellationToken);
        foreach (var context in options.Contexts)
        {
            foreach (var batch in options.Batches)
            {
                done(await DecodeAsync(batch, context, cancellationToken));
            }

            done(await PrefillAsync(context, cancellationToken));
        }
    }

    private async Task<EngineBenchRow> DecodeAsync(int batch, int context, CancellationToken cancellationToken)
    {
        var clock = new StepClock();

        // All prompts in one pass, so that all rows then decode together.
        var together = new EngineOptions { Slots = batch, ContextLength = context, StepTokenBudget = MostTokens, PrefillChunk = MostTokens };
        await using var engine = new InferenceEngine(model, together, clock);
        using var bare = new BareDecodeLoop(model, batch, context - (DecodeSteps / 2), context, run: 1);
        var engineSeconds = new List<double>();
        var bareSeconds = new List<double>();
        for (var round = 0; round <= options.Rounds; round++)
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

        return new EngineBenchRow("decode", batch, context, Rate(batch, engineSeconds), Rate(batch, bareSeconds));
    }

    private async Task<EngineBenchRow> PrefillAsync(int context, CancellationToken cancellationToken)
    {
        var clock = new StepClock();
        var prompt = context - 1;
        await using var engine = new InferenceEngine(model, new EngineOptions { Slots = 1, ContextLength = context }, clock);
        using var bare = new BareDecodeLoop(model, 1, 0, context, run: prompt);
        var engineSeconds = new List<double>();
        var bareSeconds = new List<double>();
        for (var round = 0; round <= 3 * options.Rounds; round++)
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

        return new EngineBenchRow("prefill", 1, context, Rate(prompt, engineSeconds), Rate(prompt, bareSeconds));
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

    // Tokens per second at the median time.
    private static double Rate(int tokens, List<double> seconds)
    {
        if (seconds.Count == 0)
        {
            throw new InvalidOperationException("no step was measured");
        }

        seconds.Sort();
        return Math.Round(tokens / seconds[seconds.Count / 2], 1);
    }
}
