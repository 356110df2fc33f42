using Foxtrot.Inference.Tests.TinyModels;

namespace Foxtrot.Inference.Tests.Models;

public sealed class LogitRowsTests
{
    public static TheoryData<TinyModelSpec> Specs() =>
    [
        new TinyModelSpec(),
        new TinyModelSpec { PackedQkv = true },
        new TinyModelSpec { SeparateRotary = true, HeadSize = 8, Heads = 4, KeyValueHeads = 2 },
        new TinyModelSpec { Precision = TinyPrecision.Fp16 },
        new TinyModelSpec { Precision = TinyPrecision.Fp16Stored, ExternalData = true },
        new TinyModelSpec { Precision = TinyPrecision.Int4 },
        new TinyModelSpec { Head = TinyHead.Tied },
        new TinyModelSpec { Head = TinyHead.SoftCapped },
        new TinyModelSpec { Head = TinyHead.Gemm },
        new TinyModelSpec { Head = TinyHead.KeepInput },
        new TinyModelSpec { Vocabulary = 1024 },
        new TinyModelSpec { Layout = CacheLayout.Concatenated },
        new TinyModelSpec { Layout = CacheLayout.Concatenated, Head = TinyHead.Tied },
        new TinyModelSpec { Layout = CacheLayout.Concatenated, Head = TinyHead.KeepInput },
        new TinyModelSpec { Layout = CacheLayout.Concatenated, Precision = TinyPrecision.Fp16Stored, ExternalData = true },
    ];

    [Theory]
    [MemberData(nameof(Specs))]
    public void Chosen_rows_have_the_bits_that_all_rows_would_have(TinyModelSpec spec)
    {
        using var folder = new TinyFolder(spec);
        using var edited = folder.Load();
        using var plain = folder.Load(new ModelLoadOptions { EditLogitRows = false });
        Assert.Equal("logit_rows", edited.Graph.LogitRows);
        Assert.Null(plain.Graph.LogitRows);

        foreach (var (batch, length) in new[] { (1, 1), (1, 2), (1, 33), (3, 1), (3, 9), (8, 5) })
        {
            var tokens = Forward.Tokens(batch, length, spec.Vocabulary);
            // On the CPU fp16 graphs are computed in fp32, and where ONNX Runtime rounds depends on the operators: see LogitRowsEdit.
            var all = spec.Precision == TinyPrecision.Fp16
                ? Forward.Run(edited, tokens, [.. Enumerable.Range(0, batch * length)])
                : Forward.Run(plain, tokens, null);
            Assert.Equal(batch * length * spec.Vocabulary, all.Length);
            for (var row = 0; row < batch; row++)
            {
                long last = row * length + length - 1;
                AssertSameBits(Row(all, last, spec), Forward.Run(edited, tokens, [last]));
            }

            long[] several = [batch * length - 1, 0, batch * length / 2];
            var chosen = Forward.Run(edited, tokens, several);
            for (var i = 0; i < several.Length; i++)
            {
                AssertSameBits(Row(all, several[i], spec), Row(chosen, i, spec));
            }
        }
    }

    [Theory]
    [InlineData(TinyHead.PrunedGather)]
    [InlineData(TinyHead.PrunedSlice)]
    public void A_pruned_head_gives_the_last_real_token_of_rows_padded_on_the_right(TinyHead head)
    {
        using var pruned = new TinyFolder(new TinyModelSpec { Head = head });
        using var whole = new TinyFolder(new TinyModelSpec());
        using var edited = pruned.Load();
        using var reference = whole.Load();
        var tokens = Forward.Tokens(3, 6, 32);
        int[] lengths = [6, 3, 4];
        long[] rows = [5, 6 + 2, 12 + 3];
        AssertSameBits(Forward.Run(reference, tokens, rows, lengths), Forward.Run(edited, tokens, rows, lengths));
    }

    [Fact]
    public void A_pruned_head_is_refused_when_the_edit_is_turned_off()
    {
        using var folder = new TinyFolder(new TinyModelSpec { Head = TinyHead.PrunedGather });
        var error = Assert.Throws<ModelException>(() => folder.Load(new ModelLoadOptions { EditLogitRows = false }));
        Assert.Contains("pruned", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Positions_dropped_before_the_head_in_an_unknown_way_are_refused_by_node()
    {
        using var folder = new TinyFolder(new TinyModelSpec { Head = TinyHead.PrunedGather });
        folder.EditGraph(graph => graph.Initializer.Single(tensor => tensor.Name == "minus_one").RawData = Google.Protobuf.ByteString.CopyFrom(new byte[8]));
        var error = Assert.Throws<ModelException>(() => folder.Load());
        Assert.Contains("Gather (Gather_", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_that_is_not_recognised_leaves_the_graph_alone_and_says_why()
    {
        using var folder = new TinyFolder();
        folder.EditGraph(graph =>
        {
            var last = graph.Node.Single(node => node.Output[0] == "logits");
            last.Output[0] = "raw";
            graph.Node.Add(new Onnx.NodeProto { OpType = "Softmax", Name = "soft", Input = { "raw" }, Output = { "logits" } });
        });
        using var model = folder.Load();
        Assert.Null(model.Graph.LogitRows);
        Assert.Contains("Softmax (soft)", model.Graph.LogitRowsReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_layouts_of_the_same_weights_agree_to_rounding()
    {
        using var shared = new TinyFolder(new TinyModelSpec());
        using var concatenated = new TinyFolder(new TinyModelSpec { Layout = CacheLayout.Concatenated });
        using var b = shared.Load();
        using var a = concatenated.Load();
        var tokens = Forward.Tokens(1, 20, 32);
        long[] rows = [.. Enumerable.Range(0, 20)];
        var (left, right) = (Forward.Run(b, tokens, rows), Forward.Run(a, tokens, rows));
        for (var i = 0; i < left.Length; i++)
        {
            Assert.Equal(left[i], right[i], 1e-4);
        }
    }

    private static ReadOnlySpan<float> Row(float[] logits, long row, TinyModelSpec spec) => logits.AsSpan((int)row * spec.Vocabulary, spec.Vocabulary);

    private static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(BitConverter.SingleToInt32Bits(expected[i]), BitConverter.SingleToInt32Bits(actual[i]));
        }

        Assert.True(expected.ToArray().Distinct().Count() > 1);
    }
}
