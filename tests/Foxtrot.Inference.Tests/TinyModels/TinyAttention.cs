namespace Foxtrot.Inference.Tests.TinyModels;

/// <summary>Adds one layer's attention to a graph: [batch, length, hidden] to the same, without the output projection.</summary>
internal interface IAttention
{
    string Layer(int layer, string hidden);
}

/// <summary>Adds a linear layer and returns its output.</summary>
internal delegate string Projection(string data, string name, int inputs, int outputs);

/// <summary>Adds a table [rows, columns] and returns its name.</summary>
internal delegate string TableWriter(string name, int rows, int columns, float[] values);

internal static class Rotary
{
    /// <summary>Cosines or sines of position × frequency, [context, repeat × head size / 2].</summary>
    public static float[] Angles(TinyModelSpec spec, Func<double, double> function, int repeat)
    {
        var half = spec.HeadSize / 2;
        var values = new float[spec.ContextLength * half * repeat];
        for (var i = 0; i < values.Length; i++)
        {
            var (position, column) = Math.DivRem(i, half * repeat);
            values[i] = (float)function(position * Math.Pow(10000, -(double)(column % half) / half));
        }

        return values;
    }
}

/// <summary>Layout B: com.microsoft.GroupQueryAttention with lengths from the attention mask.</summary>
internal sealed class SharedBufferAttention : IAttention
{
    private const string Microsoft = "com.microsoft";

    private readonly GraphBuilder _graph;
    private readonly TinyModelSpec _spec;
    private readonly Projection _project;
    private readonly string _lengths;
    private readonly string _total;
    private readonly string _cos;
    private readonly string _sin;

    public SharedBufferAttention(GraphBuilder graph, TinyModelSpec spec, Projection project, TableWriter table)
    {
        _graph = graph;
        _spec = spec;
        _project = project;
        var ones = graph.Node("ReduceSum", "", ["attention_mask", graph.Longs("one", [1], 1)], ("keepdims", 0));
        _lengths = graph.Node("Cast", "", [graph.Op("Sub", ones, graph.Longs("one", [1], 1))], ("to", GraphBuilder.Int32));
        var width = graph.Node("Gather", "", [graph.Op("Shape", "attention_mask"), graph.Longs("one_scalar", [], 1)], ("axis", 0));
        _total = graph.Node("Cast", "", [width], ("to", GraphBuilder.Int32));
        _cos = table("cos_cache", spec.ContextLength, spec.HeadSize / 2, Rotary.Angles(spec, Math.Cos, 1));
        _sin = table("sin_cache", spec.ContextLength, spec.HeadSize / 2, Rotary.Angles(spec, Math.Sin, 1));
    }

    public string Layer(int layer, string hidden)
    {
        var prefix = $"layers.{layer}.";
        int queries = _spec.Heads * _spec.HeadSize, keys = _spec.KeyValueHeads * _spec.HeadSize;
        string q, k, v;
        if (_spec.PackedQkv)
        {
            (q, k, v) = (_project(hidden, prefix + "qkv_proj", _spec.Hidden, queries + 2 * keys), "", "");
        }
        else
        {
            q = _project(hidden, prefix + "q_proj", _spec.Hidden, queries);
            k = _project(hidden, prefix + "k_proj", _spec.Hidden, keys);
            v = _project(hidden, prefix + "v_proj", _spec.Hidden, keys);
        }

        if (_spec.SeparateRotary)
        {
            q = _graph.Node("RotaryEmbedding", Microsoft, [q, "position_ids", _cos, _sin], ("num_heads", _spec.Heads), ("rotary_embedding_dim", 0));
            k = _graph.Node("RotaryEmbedding", Microsoft, [k, "position_ids", _cos, _sin], ("num_heads", _spec.KeyValueHeads), ("rotary_embedding_dim", 0));
        }

        string past(string part) => TinyModel.Name("past_key_values", layer, part);
        string[] inputs = [q, k, v, past("key"), past("value"), _lengths, _total];
        return _graph.Nodes(
            "GroupQueryAttention",
            Microsoft,
            _spec.SeparateRotary ? inputs : [.. inputs, _cos, _sin],
            [prefix + "attention", TinyModel.Name("present", layer, "key"), TinyModel.Name("present", layer, "value")],
            ("num_heads", _spec.Heads),
            ("kv_num_heads", _spec.KeyValueHeads),
            ("do_rotary", _spec.SeparateRotary ? 0 : 1))[0];
    }
}

/// <summary>Layout A: plain operators, present = past followed by the new keys and values.</summary>
internal sealed class ConcatenatedAttention : IAttention
{
    private readonly GraphBuilder _graph;
    private readonly TinyModelSpec _spec;
    private readonly Projection _project;
    private readonly string _bias;
    private readonly string _cos;
    private readonly string _sin;

    public ConcatenatedAttention(GraphBuilder graph, TinyModelSpec spec, Projection project, TableWriter table)
    {
        _graph = graph;
        _spec = spec;
        _project = project;
        _cos = Table("cos_table", Math.Cos);
        _sin = Table("sin_table", Math.Sin);

        // Key j is visible to query i when j <= past + i and the mask has a one.
        var zero = graph.Longs("zero_scalar", [], 0);
        var one = graph.Longs("one_scalar", [], 1);
        var past = graph.Op("Gather", graph.Op("Shape", "past_key_values.0.key"), graph.Longs("two_scalar", [], 2));
        var total = graph.Op("Add", past, graph.Op("Gather", graph.Op("Shape", "input_ids"), one));
        var query = graph.Op("Unsqueeze", graph.Op("Range", past, total, one), graph.Longs("one", [1], 1));
        var causal = graph.Op("LessOrEqual", graph.Op("Range", zero, total, one), query);
        var real = graph.Node("Cast", "", [graph.Op("Unsqueeze", "attention_mask", graph.Longs("middle", [2], 1, 2))], ("to", 9));
        _bias = graph.Op("Where", graph.Op("And", causal, real), graph.Floats("visible", [], [0]), graph.Floats("hidden", [], [float.MinValue]));

        string Table(string name, Func<double, double> function)
        {
            var rows = graph.Op("Gather", table(name, spec.ContextLength, spec.HeadSize, Rotary.Angles(spec, function, 2)), "position_ids");
            return graph.Op("Unsqueeze", rows, graph.Longs("one", [1], 1));
        }
    }

    public string Layer(int layer, string hidden)
    {
        var q = Rotate(Split("q_proj", _spec.Heads));
        var k = Cache("key", Rotate(Split("k_proj", _spec.KeyValueHeads)));
        var v = Cache("value", Split("v_proj", _spec.KeyValueHeads));
        var scores = _graph.Op("MatMul", q, _graph.Node("Transpose", "", [PerQueryHead(k)], ("perm", new long[] { 0, 1, 3, 2 })));
        scores = _graph.Op("Add", _graph.Op("Mul", scores, _graph.Floats("scale", [], [1 / MathF.Sqrt(_spec.HeadSize)])), _bias);
        var mixed = _graph.Op("MatMul", _graph.Node("Softmax", "", [scores], ("axis", -1)), PerQueryHead(v));
        return _graph.Op("Reshape", _graph.Node("Transpose", "", [mixed], ("perm", new long[] { 0, 2, 1, 3 })), _graph.Longs("merged", [3], 0, 0, _spec.Hidden));

        string Split(string name, int heads)
        {
            var flat = _project(hidden, $"layers.{layer}.{name}", _spec.Hidden, heads * _spec.HeadSize);
            var split = _graph.Op("Reshape", flat, _graph.Longs($"split_{heads}", [4], 0, 0, heads, _spec.HeadSize));
            return _graph.Node("Transpose", "", [split], ("perm", new long[] { 0, 2, 1, 3 }));
        }

        string Cache(string part, string fresh) => _graph.Nodes(
            "Concat", "", [TinyModel.Name("past_key_values", layer, part), fresh], [TinyModel.Name("present", layer, part)], ("axis", 2))[0];
    }

    private string Rotate(string heads)
    {
        var middle = _graph.Longs("half_size", [1], _spec.HeadSize / 2);
        var axis = _graph.Longs("three", [1], 3);
        var low = _graph.Op("Slice", heads, _graph.Longs("zero", [1], 0), middle, axis);
        var high = _graph.Op("Slice", heads, middle, _graph.Longs("far", [1], long.MaxValue), axis);
        var turned = _graph.Node("Concat", "", [_graph.Op("Neg", high), low], ("axis", -1));
        return _graph.Op("Add", _graph.Op("Mul", heads, _cos), _graph.Op("Mul", turned, _sin));
    }

    private string PerQueryHead(string cache)
    {
        var five = _graph.Op("Unsqueeze", cache, _graph.Longs("two", [1], 2));
        var copies = _graph.Op("Expand", five, _graph.Longs("copies", [5], 1, 1, _spec.Heads / _spec.KeyValueHeads, 1, 1));
        return _graph.Op("Reshape", copies, _graph.Longs("repeated", [4], 0, _spec.Heads, -1, _spec.HeadSize));
    }
}
