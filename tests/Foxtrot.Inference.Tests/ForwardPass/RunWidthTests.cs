using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.Tests.TinyModels;

namespace Foxtrot.Inference.Tests.ForwardPass;

/// <summary>
/// The bits after a prompt do not depend on its length, its padding, its neighbours or where it is cut. Lengths go past the
/// blocks of queries that attention works on (twice the head size), where a left-over single query would change bits.
/// </summary>
public sealed class RunWidthTests
{
    private const int Capacity = 170;

    public static TheoryData<TinyModelSpec> Specs =>
    [
        new TinyModelSpec { SeparateRotary = true, HeadSize = 8, Heads = 4, KeyValueHeads = 2, ContextLength = Capacity },
        new TinyModelSpec { HeadSize = 32, ContextLength = Capacity },
        new TinyModelSpec { HeadSize = 64, ContextLength = Capacity },
        new TinyModelSpec { Layout = CacheLayout.Concatenated, HeadSize = 32, ContextLength = Capacity },
    ];

    [Theory]
    [MemberData(nameof(Specs))]
    public void A_prompt_of_any_length_gives_the_same_bits_however_it_is_fed(TinyModelSpec spec)
    {
        using var folder = new TinyFolder(spec);
        using var model = folder.Load();
        using var alone = ForwardRunner.Create(model, 1, Capacity);
        using var three = ForwardRunner.Create(model, 3, Capacity);
        var tokens = Enumerable.Range(0, Capacity).Select(i => ((i * 7) + 3) % spec.Vocabulary).ToArray();
        for (var length = 1; length <= 133; length++)
        {
            var prompt = tokens.AsSpan(0, length);
            var expected = InChunks(alone, prompt, length);
            Assert.True(expected.AsSpan().SequenceEqual(InChunks(alone, prompt, 7)), $"{length} tokens in chunks of 7");
            Assert.True(expected.AsSpan().SequenceEqual(InChunks(alone, prompt, 50)), $"{length} tokens in chunks of 50");
            Assert.True(expected.AsSpan().SequenceEqual(InBatch(three, prompt, length + 1)), $"{length} tokens in a batch");
            Assert.True(expected.AsSpan().SequenceEqual(InBatch(three, prompt, length + 5)), $"{length} tokens in a batch, padded");
        }
    }

    private static float[] InChunks(ForwardRunner runner, ReadOnlySpan<int> prompt, int chunk)
    {
        float[] logits = [];
        for (var start = 0; start < prompt.Length; start += chunk)
        {
            logits = runner.Prefill(0, prompt.Slice(start, Math.Min(chunk, prompt.Length - start)), start).ToArray();
        }

        return logits;
    }

    // The prompt is the middle row; its neighbours hold other tokens and other lengths.
    private static float[] InBatch(ForwardRunner runner, ReadOnlySpan<int> prompt, int width)
    {
        width = ForwardRunner.RunWidth(width);
        var padded = new int[3 * width];
        Array.Fill(padded, 5);
        prompt.CopyTo(padded.AsSpan(width));
        return runner.PrefillBatch(0, padded, width, [width, prompt.Length, 1]).Slice(runner.Vocabulary, runner.Vocabulary).ToArray();
    }
}
