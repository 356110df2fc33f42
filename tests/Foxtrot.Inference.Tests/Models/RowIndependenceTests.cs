using Foxtrot.Inference.Tests.TinyModels;

namespace Foxtrot.Inference.Tests.Models;

/// <summary>What <see cref="ModelGraph.RowsIndependent"/> and <see cref="ModelGraph.PadSingleRow"/> promise, by each kind of graph.</summary>
public sealed class RowIndependenceTests
{
    public static TheoryData<TinyModelSpec> Specs() =>
    [
        new TinyModelSpec(),
        new TinyModelSpec { SeparateRotary = true, HeadSize = 8, Heads = 4, KeyValueHeads = 2 },
        new TinyModelSpec { Precision = TinyPrecision.Fp16 },
        new TinyModelSpec { Precision = TinyPrecision.Fp16Stored },
        new TinyModelSpec { Precision = TinyPrecision.Int4 },
        new TinyModelSpec { Precision = TinyPrecision.Int4, AccuracyLevel = 0 },
        new TinyModelSpec { Layout = CacheLayout.Concatenated },
    ];

    [Theory]
    [MemberData(nameof(Specs))]
    public void A_row_has_the_same_bits_alone_and_among_neighbours(TinyModelSpec spec)
    {
        using var folder = new TinyFolder(spec);
        using var model = folder.Load();
        Assert.True(model.Graph.RowsIndependent);
        foreach (var length in new[] { 1, 2, 7, 40 })
        {
            var batch = Forward.Tokens(5, length, spec.Vocabulary);
            var together = Forward.Run(model, batch, [.. Enumerable.Range(0, 5).Select(row => (long)row * length + length - 1)]);
            for (var row = 0; row < 5; row++)
            {
                var expected = together.AsSpan(row * spec.Vocabulary, spec.Vocabulary);
                Assert.Equal(expected, Alone(model, batch, row, length).AsSpan(0, spec.Vocabulary));
            }
        }
    }

    /// <summary>One row's last logits, padded with a copy of itself where the model asks for two rows.</summary>
    private static float[] Alone(LoadedModel model, long[,] batch, int row, int length)
    {
        var copies = model.Graph.PadSingleRow ? 2 : 1;
        var tokens = new long[copies, length];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i / length, i % length] = batch[row, i % length];
        }

        return Forward.Run(model, tokens, [.. Enumerable.Range(0, copies).Select(copy => (long)copy * length + length - 1)]);
    }
}
