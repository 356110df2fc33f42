using System.Diagnostics;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Model;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>An engine whose passes wait instead of computing promises what any other does.</summary>
public sealed class SyntheticEngineTests : IDisposable
{
    private readonly LoadedModel _model = Load(TimeSpan.Zero);

    public void Dispose() => _model.Dispose();

    [Fact]
    public void In_any_batch_every_sequence_has_the_tokens_and_logits_that_it_has_alone()
    {
        ScheduleRun.All(20261124, 30, _ => _model, _model);
        Assert.True(ScheduleRun.All(20261124, 10, _ => _model, _model, crowded: true).Preemptions > 0);
    }

    [Fact]
    public void Workers_have_the_same_fingerprint_which_is_not_that_of_the_model()
    {
        using var other = Load(TimeSpan.FromMilliseconds(1));
        using var real = Load(null);
        var fingerprint = Inference.Engine.WorkerFingerprint.Compute(_model);
        Assert.True(fingerprint.IsExact);
        Assert.Equal(fingerprint, Inference.Engine.WorkerFingerprint.Compute(other));
        Assert.NotEqual(fingerprint.Hash, Inference.Engine.WorkerFingerprint.Compute(real).Hash);
    }

    [Fact]
    public void Logits_differ_by_token_and_by_position_and_favour_few_tokens()
    {
        using var runner = ForwardRunner.Create(_model, 3, 32);
        var logits = runner.Decode([700, 700, 701], [4, 5, 4]).ToArray();
        var rows = logits.Chunk(runner.Vocabulary).ToArray();
        Assert.NotEqual(rows[0], rows[1]);
        Assert.NotEqual(rows[0], rows[2]);
        Assert.All(rows, row => Assert.InRange(row.Count(logit => logit > -1), 2, 8));
    }

    [Fact]
    public void Passes_take_their_time_on_average_without_the_processor()
    {
        const int Steps = 40;
        var step = TimeSpan.FromMilliseconds(2.5);
        using var model = Load(step);
        using var runner = ForwardRunner.Create(model, 1, 64);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Steps; i++)
        {
            _ = runner.Decode([700], [i]);
        }

        // Never early by more than what is carried to the next pass; how late it may be, the machine decides.
        Assert.True(clock.Elapsed >= (Steps * step) - TimeSpan.FromMilliseconds(3), $"{Steps} steps of {step.TotalMilliseconds} ms took {clock.Elapsed.TotalMilliseconds} ms");
    }

    [Fact]
    public void A_prompt_takes_the_share_of_a_step_that_it_is_of_the_steps_budget()
    {
        using var model = Load(TimeSpan.FromMilliseconds(16));
        using var runner = ForwardRunner.Create(model, 1, 512);
        var tokens = Enumerable.Repeat(700, SyntheticRunner.TokensPerStep / 2).ToArray();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 4; i++)
        {
            _ = runner.Prefill(0, tokens, 0);
        }

        Assert.True(clock.Elapsed >= TimeSpan.FromMilliseconds(4 * 8 - 3), $"it took {clock.Elapsed.TotalMilliseconds} ms");
    }

    private static LoadedModel Load(TimeSpan? step) =>
        LoadedModel.Load(ModelFolder.Open(BundledModel.Folder), Device.Cpu, new ModelLoadOptions { IntraOpThreads = 1, SyntheticStep = step });
}
