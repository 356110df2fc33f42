using Foxtrot.Inference.Models.Onnx;
using Foxtrot.Inference.Tests.TinyModels;
using Microsoft.ML.OnnxRuntime.Tensors;
using Onnx;

namespace Foxtrot.Inference.Tests.Models;

public sealed class ModelGraphTests : IDisposable
{
    private readonly TinyFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_graph_with_group_query_attention_shares_its_cache_buffer()
    {
        var graph = Read();
        Assert.Equal(CacheLayout.SharedBuffer, graph.Layout);
        Assert.Equal((2, 1, 16, 2, 32), (graph.Layers, graph.KeyValueHeads, graph.HeadSize, graph.QueryHeads, graph.Vocabulary));
        Assert.Equal((TensorElementType.Float, TensorElementType.Float), (graph.CacheType, graph.LogitsType));
        Assert.Equal(("input_ids", "attention_mask", null, "logits"), (graph.InputIds, graph.AttentionMask, graph.PositionIds, graph.Logits));
        Assert.Equal(["past_key_values.0.key", "past_key_values.1.key"], graph.PastKeys);
        Assert.Equal(["past_key_values.0.value", "past_key_values.1.value"], graph.PastValues);
        Assert.Equal(["present.0.key", "present.1.key"], graph.PresentKeys);
        Assert.Equal(["present.0.value", "present.1.value"], graph.PresentValues);
        Assert.Equal(128, graph.RotaryLength);
        Assert.True(graph.RowsIndependent);
        Assert.False(graph.PadSingleRow);
    }

    [Fact]
    public void A_graph_of_plain_operators_concatenates_its_cache()
    {
        using var folder = new TinyFolder(new TinyModelSpec { Layout = CacheLayout.Concatenated });
        var graph = Read(folder);
        Assert.Equal((CacheLayout.Concatenated, "position_ids"), (graph.Layout, graph.PositionIds));
        Assert.Equal((2, 1, 16, 2), (graph.Layers, graph.KeyValueHeads, graph.HeadSize, graph.QueryHeads));
    }

    [Fact]
    public void Half_precision_is_read_off_the_cache_and_the_logits()
    {
        using var folder = new TinyFolder(new TinyModelSpec { Precision = TinyPrecision.Fp16 });
        Assert.Equal((TensorElementType.Float16, TensorElementType.Float16), (Read(folder).CacheType, Read(folder).LogitsType));
    }

    [Fact]
    public void Layers_are_in_the_order_of_their_numbers()
    {
        using var folder = new TinyFolder(new TinyModelSpec { Layers = 11 });
        Assert.Equal("past_key_values.2.key", Read(folder).PastKeys[2]);
        Assert.Equal("present.10.value", Read(folder).PresentValues[10]);
    }

    [Fact]
    public void Open_dimensions_are_filled_from_the_attention_and_the_configuration()
    {
        var graph = Changed(graph =>
        {
            foreach (var tensor in graph.Input.Concat(graph.Output).Where(tensor => tensor.Name.StartsWith('p')))
            {
                tensor.Type.TensorType.Shape.Dim[1] = new() { DimParam = "heads" };
                tensor.Type.TensorType.Shape.Dim[3] = new() { DimParam = "head_size" };
            }

            graph.Output[0].Type.TensorType.Shape.Dim[2] = new() { DimParam = "vocabulary" };
        });
        Assert.Equal((1, 16, 32), (graph.KeyValueHeads, graph.HeadSize, graph.Vocabulary));
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void Only_accuracy_level_4_of_MatMulNBits_takes_single_rows_as_they_are(int level, bool pad)
    {
        using var folder = new TinyFolder(new TinyModelSpec { Precision = TinyPrecision.Int4, AccuracyLevel = level });
        Assert.Equal((pad, true), (Read(folder).PadSingleRow, Read(folder).RowsIndependent));
    }

    [Fact]
    public void Dynamic_quantisation_is_flagged_because_rows_then_depend_on_their_neighbours()
    {
        var graph = Changed(graph => graph.Node.Insert(0, new NodeProto { OpType = "DynamicQuantizeLinear", Input = { "embed" }, Output = { "q", "s", "z" } }));
        Assert.False(graph.RowsIndependent);
        Assert.Contains("int8 dynamic quantisation (DynamicQuantizeLinear)", graph.RowsDependReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Padded_vocabularies_are_accepted_and_narrower_ones_refused()
    {
        _folder.Edit("config.json", "vocab_size", 30);
        Assert.Equal(32, Read().Vocabulary);
        _folder.Edit("config.json", "vocab_size", 33);
        Refused("output logits has 32 columns, but the configuration says vocab_size 33", _ => { });
    }

    [Fact]
    public void A_sliding_window_is_reported()
    {
        var graph = Changed(graph =>
        {
            foreach (var node in graph.Node.Where(node => node.OpType == "GroupQueryAttention"))
            {
                node.Attribute.Add(new AttributeProto { Name = "local_window_size", Type = AttributeProto.Types.AttributeType.Int, I = 8 });
            }
        });
        Assert.Equal(8, graph.LocalWindow);
    }

    [Fact]
    public void Inputs_that_generation_cannot_fill_are_refused_by_name()
    {
        Refused("input token_type_ids is not one that text generation can fill", graph => graph.Input.Add(GraphBuilder.Value("token_type_ids", GraphBuilder.Int64, "b", "s")));
        Refused("input encoder_hidden_states belongs to an encoder-decoder", graph => graph.Input.Add(GraphBuilder.Value("encoder_hidden_states", GraphBuilder.Float, "b", "s", "32")));
        Refused("input past_key_values.0.encoder.key belongs to an encoder-decoder", graph => graph.Input.Add(GraphBuilder.Value("past_key_values.0.encoder.key", GraphBuilder.Float, "b", "1", "s", "16")));
        Refused("input use_cache_branch", graph => graph.Input.Add(GraphBuilder.Value("use_cache_branch", 9, "1")));
    }

    [Fact]
    public void Missing_inputs_and_outputs_are_named()
    {
        Refused("there is no input input_ids; inputs are ids, attention_mask", graph => graph.Input[0].Name = "ids");
        Refused("there is no input attention_mask", graph => graph.Input.RemoveAt(1));
        Refused("there is no output logits; outputs are scores", graph => graph.Output[0].Name = "scores");
        Refused("there are no cache inputs", graph => Remove(graph, "past", "present"));
        Refused("layer 1 of the cache has no past value input", graph => Remove(graph, "past_key_values.1.value"));
        Refused("layer 0 of the cache has no present key output", graph => Remove(graph, "present.0.key"));
    }

    [Fact]
    public void Types_and_shapes_that_do_not_fit_are_named_with_their_tensor()
    {
        Refused("input input_ids must be int64, not int32", graph => graph.Input[0].Type.TensorType.ElemType = GraphBuilder.Int32);
        Refused("past_key_values.0.key must be float32 or float16, not bfloat16", graph => graph.Input[2].Type.TensorType.ElemType = 16);
        Refused("logits must be float32 or float16, not double", graph => graph.Output[0].Type.TensorType.ElemType = 11);
        Refused("input input_ids fixes its batch to 1", graph => graph.Input[0].Type.TensorType.Shape.Dim[0] = new() { DimValue = 1 });
        Refused("past_key_values.0.key must have 4 dimensions [batch, heads, length, head size], not 3", graph => graph.Input[2].Type.TensorType.Shape.Dim.RemoveAt(0));
        Refused("layers of different shapes", graph => graph.Input[4].Type.TensorType.Shape.Dim[3] = new() { DimValue = 32 });
        Refused("output logits must have 3 dimensions", graph => graph.Output[0].Type.TensorType.Shape.Dim.RemoveAt(0));
    }

    [Fact]
    public void Caches_that_do_not_pass_through_the_attention_are_refused()
    {
        Refused("no GroupQueryAttention takes past_key_values.0.key", graph => graph.Node.First(node => node.OpType == "GroupQueryAttention").Input[3] = "elsewhere");
        Refused("operator TensorScatter", graph => graph.Node.Add(new NodeProto { OpType = "TensorScatter", Input = { "embed" }, Output = { "scattered" } }));
    }

    [Fact]
    public void Names_given_by_genai_config_are_followed()
    {
        File.WriteAllText(_folder.File("genai_config.json"), """
            {"model": {"type": "llama", "vocab_size": 32, "context_length": 128, "decoder": {"inputs": {"input_ids": "ids", "past_key_names": "k%d.in", "past_value_names": "v%d.in"}}}}
            """);
        var graph = Changed(graph =>
        {
            Rename(graph, "input_ids", "ids");
            Rename(graph, "past_key_values.0.key", "k0.in");
            Rename(graph, "past_key_values.0.value", "v0.in");
            Rename(graph, "past_key_values.1.key", "k1.in");
            Rename(graph, "past_key_values.1.value", "v1.in");
        });
        Assert.Equal(("ids", "k1.in", "v0.in"), (graph.InputIds, graph.PastKeys[1], graph.PastValues[0]));
    }

    private ModelGraph Read() => Read(_folder);

    private static ModelGraph Read(TinyFolder folder) => GraphReader.Read(OnnxModelFile.Read(folder.OnnxFile), folder.Open(), editLogitRows: true);

    private ModelGraph Changed(Action<GraphProto> change)
    {
        _folder.EditGraph(change);
        return Read();
    }

    private void Refused(string expected, Action<GraphProto> change)
    {
        _folder.EditGraph(change);
        var message = Assert.Throws<ModelException>(Read).Message;
        Assert.StartsWith(_folder.OnnxFile, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static void Remove(GraphProto graph, params string[] prefixes)
    {
        foreach (var list in new[] { graph.Input, graph.Output })
        {
            for (var i = list.Count - 1; i >= 0; i--)
            {
                if (Array.Exists(prefixes, prefix => list[i].Name.StartsWith(prefix, StringComparison.Ordinal)))
                {
                    list.RemoveAt(i);
                }
            }
        }
    }

    private static void Rename(GraphProto graph, string from, string to)
    {
        graph.Input.Single(input => input.Name == from).Name = to;
        foreach (var node in graph.Node)
        {
            for (var i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = node.Input[i] == from ? to : node.Input[i];
            }
        }
    }
}
