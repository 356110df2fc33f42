using System.Globalization;
using Onnx;

namespace Foxtrot.Inference.Tests.TinyModels;

/// <summary>Builds the ONNX graph of a <see cref="TinyModelSpec"/>: embedding, layers of attention and gated MLP, norm, head.</summary>
internal sealed class TinyModel
{
    private const string Microsoft = "com.microsoft";

    private readonly TinyModelSpec _spec;
    private readonly GraphBuilder _graph = new();
    private readonly int _type;

    private TinyModel(TinyModelSpec spec)
    {
        _spec = spec;
        _type = spec.Precision == TinyPrecision.Fp16 ? GraphBuilder.Half : GraphBuilder.Float;
    }

    public static ModelProto Build(TinyModelSpec spec) => new TinyModel(spec).Build();

    private ModelProto Build()
    {
        var ids = _graph.Input("input_ids", GraphBuilder.Int64, "batch_size", "sequence_length");
        _graph.Input("attention_mask", GraphBuilder.Int64, "batch_size", "total_sequence_length");
        if (_spec.SeparateRotary || _spec.Layout == CacheLayout.Concatenated)
        {
            _graph.Input("position_ids", GraphBuilder.Int64, "batch_size", "sequence_length");
        }

        for (var layer = 0; layer < _spec.Layers; layer++)
        {
            foreach (var part in new[] { "key", "value" })
            {
                _graph.Input(Name("past_key_values", layer, part), _type, "batch_size", Text(_spec.KeyValueHeads), "past_sequence_length", Text(_spec.HeadSize));
            }
        }

        IAttention attention = _spec.Layout == CacheLayout.SharedBuffer
            ? new SharedBufferAttention(_graph, _spec, Project, Table)
            : new ConcatenatedAttention(_graph, _spec, Project, Table);
        var hidden = _graph.Op("Gather", Weights("embed", _spec.Vocabulary, _spec.Hidden, _spec.EmbeddingScale), ids);
        for (var layer = 0; layer < _spec.Layers; layer++)
        {
            var attended = attention.Layer(layer, Norm(hidden, $"layers.{layer}.attn_norm"));
            hidden = _graph.Op("Add", hidden, Project(attended, $"layers.{layer}.o_proj", _spec.Hidden, _spec.Hidden));
            var input = Norm(hidden, $"layers.{layer}.mlp_norm");
            var gate = Project(input, $"layers.{layer}.gate_proj", _spec.Hidden, _spec.Intermediate);
            var gated = _graph.Op("Mul", gate, _graph.Op("Sigmoid", gate));
            var up = _graph.Op("Mul", gated, Project(input, $"layers.{layer}.up_proj", _spec.Hidden, _spec.Intermediate));
            hidden = _graph.Op("Add", hidden, Project(up, $"layers.{layer}.down_proj", _spec.Intermediate, _spec.Hidden));
        }

        Head(Norm(hidden, "norm"));
        for (var layer = 0; layer < _spec.Layers; layer++)
        {
            foreach (var part in new[] { "key", "value" })
            {
                _graph.Output(Name("present", layer, part), _type, "batch_size", Text(_spec.KeyValueHeads), "total_sequence_length", Text(_spec.HeadSize));
            }
        }

        return _graph.Model(opset: _spec.Layout == CacheLayout.SharedBuffer ? 21 : 18);
    }

    private void Head(string hidden)
    {
        string last;
        switch (_spec.Head)
        {
            case TinyHead.Tied:
                last = _graph.Op("MatMul", hidden, _graph.Op("Transpose", Weights("embed", _spec.Vocabulary, _spec.Hidden, _spec.EmbeddingScale)));
                break;
            case TinyHead.SoftCapped:
                var biased = _graph.Op("Add", Project(hidden, "lm_head", _spec.Hidden, _spec.Vocabulary), Vector("lm_head.bias", _spec.Vocabulary, 0.1f));
                var scaled = _graph.Op("Mul", Scalar("lm_head.inverse_cap", 0.25f), biased);
                last = _graph.Op("Mul", _graph.Op("Tanh", scaled), Scalar("lm_head.cap", 4));
                break;
            case TinyHead.Gemm:
                var rows = _graph.Op("Reshape", hidden, _graph.Longs("lm_head.rows", [2], -1, _spec.Hidden));
                var product = _graph.Op("Gemm", rows, Weights("lm_head.gemm", _spec.Hidden, _spec.Vocabulary), Vector("lm_head.bias", _spec.Vocabulary, 0.1f));
                var ids = _graph.Op("Shape", "input_ids");
                var shape = _graph.Node("Concat", "", [ids, _graph.Longs("lm_head.columns", [1], _spec.Vocabulary)], ("axis", 0));
                last = _graph.Op("Reshape", product, shape);
                break;
            case TinyHead.PrunedGather:
                hidden = _graph.Node("Gather", "", [hidden, _graph.Longs("minus_one", [1], -1)], ("axis", 1));
                goto default;
            case TinyHead.PrunedSlice:
                hidden = _graph.Op("Slice", hidden, _graph.Longs("minus_one", [1], -1), _graph.Longs("far", [1], long.MaxValue), _graph.Longs("one", [1], 1));
                goto default;
            case TinyHead.KeepInput:
                var keep = _graph.Op("Neg", _graph.Input("num_logits_to_keep", GraphBuilder.Int64));
                keep = _graph.Op("Unsqueeze", keep, _graph.Longs("zero", [1], 0));
                hidden = _graph.Op("Slice", hidden, keep, _graph.Longs("far", [1], long.MaxValue), _graph.Longs("one", [1], 1));
                goto default;
            default:
                last = Project(hidden, "lm_head", _spec.Hidden, _spec.Vocabulary);
                break;
        }

        // The last node takes the output's name.
        _graph.Graph.Node.Single(node => node.Output[0] == last).Output[0] = "logits";
        _graph.Output("logits", _type, "batch_size", _spec.Head is TinyHead.PrunedGather or TinyHead.PrunedSlice ? "1" : "sequence_length", Text(_spec.Vocabulary));
    }

    /// <summary>A linear layer without bias: [.., inputs] to [.., outputs].</summary>
    private string Project(string data, string name, int inputs, int outputs)
    {
        if (_spec.Precision != TinyPrecision.Int4)
        {
            return _graph.Op("MatMul", data, Weights(name, inputs, outputs));
        }

        const int Block = 32;
        var random = new TinyRandom(_spec.Seed, name);
        var blocks = (inputs + Block - 1) / Block;
        var packed = _graph.Weight(name + ".q4", GraphBuilder.UInt8, [outputs, blocks, Block / 2], random.Bytes(outputs * blocks * Block / 2));
        var scales = _graph.Floats(name + ".scales", [outputs * blocks], Array.ConvertAll(random.Uniform(outputs * blocks, 0.5f), value => (1 + value) / (8 * MathF.Sqrt(inputs))));
        (string, object)[] attributes = [("K", inputs), ("N", outputs), ("bits", 4), ("block_size", Block)];
        return _graph.Node("MatMulNBits", Microsoft, [data, packed, scales], _spec.AccuracyLevel == 0 ? attributes : [.. attributes, ("accuracy_level", _spec.AccuracyLevel)]);
    }

    private string Weights(string name, int rows, int columns, float scale = 0) => Table(
        name, rows, columns, new TinyRandom(_spec.Seed, name).Uniform(rows * columns, scale > 0 ? scale : MathF.Sqrt(3f / rows)));

    private string Vector(string name, int length, float scale) => Stored(name, [length], new TinyRandom(_spec.Seed, name).Uniform(length, scale));

    private string Scalar(string name, float value) => Stored(name, [], [value]);

    private string Table(string name, int rows, int columns, float[] values) => Stored(name, [rows, columns], values);

    private string Stored(string name, long[] shape, float[] values) => _spec.Precision switch
    {
        TinyPrecision.Fp16 => _graph.Halves(name, shape, values),
        TinyPrecision.Fp16Stored => _graph.Node("Cast", "", [_graph.Halves(name + ".fp16", shape, values)], ("to", GraphBuilder.Float)),
        _ => _graph.Floats(name, shape, values),
    };

    private string Norm(string data, string name)
    {
        var weight = Stored(name, [_spec.Hidden], Array.ConvertAll(new TinyRandom(_spec.Seed, name).Uniform(_spec.Hidden, 0.2f), value => 1 + value));
        if (_spec.Layout == CacheLayout.SharedBuffer)
        {
            return _graph.Node("SimplifiedLayerNormalization", "", [data, weight], ("axis", -1), ("epsilon", 1e-5f));
        }

        var square = _graph.Node("ReduceMean", "", [_graph.Op("Mul", data, data), _graph.Longs("last", [1], -1)], ("keepdims", 1));
        return _graph.Op("Mul", weight, _graph.Op("Div", data, _graph.Op("Sqrt", _graph.Op("Add", square, Scalar("epsilon", 1e-5f)))));
    }

    internal static string Name(string side, int layer, string part) => string.Create(CultureInfo.InvariantCulture, $"{side}.{layer}.{part}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
