using Foxtrot.Inference.Tests.TinyModels;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>The promise for every kind of model folder that is accepted, on models small enough to build in a test.</summary>
public sealed class TinyModelDeterminismTests
{
    public static TheoryData<TinyModelSpec> Specs =>
    [
        new TinyModelSpec(),
        new TinyModelSpec { SeparateRotary = true, HeadSize = 8, Heads = 4, KeyValueHeads = 2 },
        new TinyModelSpec { PackedQkv = true, KeyValueHeads = 2 },
        new TinyModelSpec { Precision = TinyPrecision.Fp16 },
        new TinyModelSpec { Precision = TinyPrecision.Fp16Stored, Head = TinyHead.Tied, ExternalData = true },
        new TinyModelSpec { Precision = TinyPrecision.Int4 },
        new TinyModelSpec { Precision = TinyPrecision.Int4, AccuracyLevel = 0 },
        new TinyModelSpec { Head = TinyHead.SoftCapped },
        new TinyModelSpec { Head = TinyHead.Gemm },
        new TinyModelSpec { Head = TinyHead.PrunedGather },
        new TinyModelSpec { Head = TinyHead.PrunedSlice },
        new TinyModelSpec { Layout = CacheLayout.Concatenated },
        new TinyModelSpec { Layout = CacheLayout.Concatenated, Precision = TinyPrecision.Fp16Stored },
        new TinyModelSpec { Layout = CacheLayout.Concatenated, Head = TinyHead.KeepInput },
    ];

    [Theory]
    [MemberData(nameof(Specs))]
    public void In_any_batch_every_sequence_has_the_tokens_and_logits_that_it_has_alone(TinyModelSpec spec)
    {
        using var folder = new TinyFolder(spec);
        using var model = folder.Load();
        ScheduleRun.All(seed: 1, count: 25, _ => model, model);
    }

    [Theory]
    [InlineData(CacheLayout.SharedBuffer)]
    [InlineData(CacheLayout.Concatenated)]
    public void Preempting_and_rebuilding_a_sequence_changes_nothing_of_it(CacheLayout layout)
    {
        using var folder = new TinyFolder(new TinyModelSpec { Layout = layout });
        using var model = folder.Load();
        var (preemptions, _) = ScheduleRun.All(seed: 1, count: 150, _ => model, model, crowded: true);
        Assert.True(preemptions > 300, $"only {preemptions} preemptions");
    }

    [Fact]
    public void A_graph_that_cannot_be_edited_gives_the_same_bits_from_full_logits()
    {
        using var folder = new TinyFolder();
        using var edited = folder.Load();
        using var whole = folder.Load(new ModelLoadOptions { EditLogitRows = false });
        Assert.Null(whole.Graph.LogitRows);
        ScheduleRun.All(seed: 1, count: 25, _ => whole, edited);
    }
}
