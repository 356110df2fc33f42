using System.Diagnostics;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.Tests.Engine;

namespace Foxtrot.Inference.Tests.ForwardPass;

/// <summary>A pass that was stopped somewhere leaves no trace: the same pass again gives the same bits, and so does every later one.</summary>
public sealed class InterruptTests(BundledModels models) : IClassFixture<BundledModels>
{
    private const int Rows = 6;
    private const int Prompt = 64;
    private const int Steps = 40;
    private const int Capacity = Prompt + Steps + 2;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(CacheLayout.SharedBuffer)]
    [InlineData(CacheLayout.Concatenated)]
    public void Passes_that_are_stopped_anywhere_and_run_again_have_the_bits_of_undisturbed_ones(CacheLayout layout)
    {
        var model = layout == CacheLayout.SharedBuffer ? models.SharedBufferTwoThreads : models.Concatenated;
        using var calm = ForwardRunner.Create(model, Rows, Capacity);
        using var disturbed = ForwardRunner.Create(model, Rows, Capacity);
        var random = new Random(20261124);
        var clock = Stopwatch.StartNew();
        var stopped = 0;
        for (var round = 0; stopped < 50; round++)
        {
            Assert.True(clock.Elapsed < Deadline, $"only {stopped} passes were stopped");
            var prompts = Tokens(random, Rows * Prompt, model);
            var lengths = Enumerable.Repeat(Prompt, Rows).ToArray();
            var expected = calm.PrefillBatch(0, prompts, Prompt, lengths).ToArray();
            Assert.Equal(expected, Disturb(disturbed, random, () => disturbed.PrefillBatch(0, prompts, Prompt, lengths).ToArray(), ref stopped));
            for (var step = 0; step < Steps; step++)
            {
                var tokens = Tokens(random, Rows, model);
                var at = Enumerable.Repeat(Prompt + step, Rows).ToArray();
                expected = calm.Decode(tokens, at).ToArray();
                Assert.Equal(expected, Disturb(disturbed, random, () => disturbed.Decode(tokens, at).ToArray(), ref stopped));
            }
        }
    }

    [Fact]
    public void A_pass_that_is_stopped_before_it_began_changes_nothing_either()
    {
        using var runner = ForwardRunner.Create(models.SharedBuffer, 1, Capacity);
        var expected = runner.Prefill(0, [5, 6, 7], 0).ToArray();
        runner.Interrupt();
        Assert.Throws<PassInterruptedException>(() => runner.Prefill(0, [8, 9], 0).ToArray());
        Assert.Throws<PassInterruptedException>(() => runner.Decode([8], [3]).ToArray());
        runner.Resume();
        Assert.Equal(expected, runner.Prefill(0, [5, 6, 7], 0).ToArray());
    }

    // Another thread stops the pass at some time from its beginning on; a pass that came to its end before that counts as it is.
    private static float[] Disturb(ForwardRunner runner, Random random, Func<float[]> pass, ref int stopped)
    {
        var delay = TimeSpan.FromMicroseconds(random.Next(0, 3000));
        using var ready = new ManualResetEventSlim();
        var interrupting = Task.Factory.StartNew(
            () =>
            {
                ready.Set();
                var clock = Stopwatch.StartNew();
                while (clock.Elapsed < delay)
                {
                    Thread.SpinWait(10);
                }

                runner.Interrupt();
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        ready.Wait(TestContext.Current.CancellationToken);
        float[]? logits = null;
        try
        {
            logits = pass();
        }
        catch (PassInterruptedException)
        {
            stopped++;
        }

        interrupting.GetAwaiter().GetResult();
        runner.Resume();
        return logits ?? pass();
    }

    private static int[] Tokens(Random random, int count, LoadedModel model) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(model.Graph.Vocabulary))];
}
