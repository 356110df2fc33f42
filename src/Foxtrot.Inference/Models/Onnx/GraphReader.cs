using System.Globalization;
using global::Onnx;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Foxtrot.Inference.Models.Onnx;

/// <summary>Reads a decoder's facts off its graph and refuses, by name, what the engine cannot run.</summary>
internal sealed class GraphReader
{
    private readonly string _file;
    private readonly ModelFolder _folder;
    private readonly ModelProto _model;
    private readonly string? _keepInput;
    private readonly GraphProto _graph;
    private readonly IReadOnlyDictionary<string, string> _names;
    private readonly Dictionary<string, ValueInfoProto> _inputs;
    private readonly Dictionary<string, ValueInfoProto> _outputs;

    private GraphReader(OnnxModelFile file, ModelFolder folder)
    {
        _file = file.Path;
        _folder = folder;
        _model = file.Model;
        _graph = file.Model.Graph;
        _keepInput = LogitsToKeep.Find(_graph);
        _names = folder.Genai?.Names ?? new Dictionary<string, string>();
        // Before IR version 4 weights were listed as inputs too.
        var weights = _graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        _inputs = Tensors("input", _graph.Input.Where(input => !weights.Contains(input.Name)));
        _outputs = Tensors("output", _graph.Output);
    }

    /// <summary>Reads the facts and, if asked, makes the <c>logit_rows</c> edit in the file's model.</summary>
    /// <exception cref="ModelException">The graph is not a decoder that the engine can run.</exception>
    public static ModelGraph Read(OnnxModelFile file, ModelFolder folder, bool editLogitRows) => new GraphReader(file, folder).Read(editLogitRows);

    private ModelGraph Read(bool editLogitRows)
    {
        RefuseOtherKinds();
        var inputIds = Integers("input_ids");
        var mask = Integers("attention_mask");
        var positions = _inputs.ContainsKey(Named("position_ids")) ? Integers("position_ids") : null;
        var cache = CacheTensors.Find(_file, _graph, _names);
        RefuseUnknownInputs(inputIds, mask, positions);

        var attention = _graph.Node.Where(node => node.OpType == "GroupQueryAttention").ToList();
        var layout = attention.Count > 0 ? CacheLayout.SharedBuffer : CacheLayout.Concatenated;
        if (layout == CacheLayout.SharedBuffer)
        {
            RequireCacheOnAttention(attention, cache);
        }

        var (heads, size, cacheType) = CacheShape(cache, attention.FirstOrDefault());
        var logits = Named("logits");
        if (!_outputs.TryGetValue(logits, out var logitsInfo))
        {
            throw new ModelException($"{_file}: there is no output {logits}; outputs are {List(_outputs.Keys)}.");
        }

        var head = LanguageModelHead.Find(_file, _graph, logits, _keepInput);
        var vocabulary = Vocabulary(logitsInfo, head);
        var logitsType = FloatType(logitsInfo);
        LogitsToKeep.KeepAll(_graph, _keepInput);
        var edit = editLogitRows ? LogitRowsEdit.Apply(_graph, head, vocabulary) : new LogitRowsResult(null, "the edit was not asked for");
        if (edit.Input is null && head.Pruning is not null)
        {
            throw new ModelException($"{_file}: the head is pruned to each row's last position and needs the logit_rows edit, but {edit.Reason}.");
        }

        var mixing = RowTraits.MixingOperator(_model);
        return new ModelGraph
        {
            Layout = layout,
            Layers = cache.Count,
            KeyValueHeads = heads,
            HeadSize = size,
            QueryHeads = attention.Count > 0 && GraphIndex.Int(attention[0], "num_heads", 0) is > 0 and var number ? (int)number : _folder.Config.Heads,
            Vocabulary = vocabulary,
            CacheType = cacheType,
            LogitsType = logitsType,
            InputIds = inputIds,
            AttentionMask = mask,
            PositionIds = positions,
            PastKeys = cache.ConvertAll(layer => layer.PastKey),
            PastValues = cache.ConvertAll(layer => layer.PastValue),
            PresentKeys = cache.ConvertAll(layer => layer.PresentKey),
            PresentValues = cache.ConvertAll(layer => layer.PresentValue),
            Logits = logits,
            LogitRows = edit.Input,
            LogitRowsReason = edit.Reason,
            RotaryLength = RotaryLength(),
            RotaryInAttention = attention.Exists(node => GraphIndex.Int(node, "do_rotary", 0) == 1),
            LocalWindow = attention.Count > 0 && GraphIndex.Int(attention[0], "local_window_size", -1) is > 0 and var window ? (int)window : null,
            RowsIndependent = mixing is null,
            RowsDependReason = mixing is null ? null : $"int8 dynamic quantisation ({mixing}): its scale is taken over all rows of a batch together",
            PadSingleRow = RowTraits.NeedsTwoRows(_model),
        };
    }

    private Dictionary<string, ValueInfoProto> Tensors(string kind, IEnumerable<ValueInfoProto> values)
    {
        var tensors = new Dictionary<string, ValueInfoProto>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            if (value.Type?.TensorType is null)
            {
                throw new ModelException($"{_file}: {kind} {value.Name} is not a tensor.");
            }

            if (!tensors.TryAdd(value.Name, value))
            {
                throw new ModelException($"{_file}: there are two {kind}s {value.Name}.");
            }
        }

        return tensors;
    }

    private void RefuseOtherKinds()
    {
        foreach (var name in _inputs.Keys)
        {
            if (name.StartsWith("encoder_", StringComparison.Ordinal) || name.StartsWith("decoder_", StringComparison.Ordinal)
                || name.Contains(".encoder.", StringComparison.Ordinal) || name.Contains("_cross_", StringComparison.Ordinal))
            {
                throw new ModelException($"{_file}: input {name} belongs to an encoder-decoder model; only decoder-only models can generate here.");
            }
        }

        if (_inputs.ContainsKey("use_cache_branch"))
        {
            throw new ModelException($"{_file}: input use_cache_branch: a merged decoder with two branches is not supported; export it as one model.onnx with past_key_values.");
        }

        if (_graph.Node.FirstOrDefault(node => node.OpType == "TensorScatter") is { } scatter)
        {
            throw new ModelException($"{_file}: operator TensorScatter ({scatter.Name}): a cache of the opset 24 form is not supported; export it with GroupQueryAttention or with past_key_values.");
        }
    }

    private void RefuseUnknownInputs(params ReadOnlySpan<string?> known)
    {
        foreach (var name in _inputs.Keys)
        {
            if (!known.Contains(name) && name != _keepInput && !CacheTensors.IsCacheName(name, _names))
            {
                throw new ModelException($"{_file}: input {name} is not one that text generation can fill; known are input_ids, attention_mask, position_ids, past_key_values.N.key and .value, num_logits_to_keep.");
            }
        }
    }

    private string Named(string role) => _names.TryGetValue(role, out var name) ? name : role;

    /// <summary>The name of an int64 input [batch, length], both dimensions free.</summary>
    private string Integers(string role)
    {
        var name = Named(role);
        if (!_inputs.TryGetValue(name, out var info))
        {
            throw new ModelException($"{_file}: there is no input {name}; inputs are {List(_inputs.Keys)}.");
        }

        var type = TypeOf(info);
        if (type != TensorElementType.Int64)
        {
            throw new ModelException($"{_file}: input {name} must be int64, not {NameOf(info)}.");
        }

        if (info.Type.TensorType.Shape is not { } shape)
        {
            return name;
        }

        if (shape.Dim.Count != 2)
        {
            throw new ModelException(string.Create(CultureInfo.InvariantCulture, $"{_file}: input {name} must have 2 dimensions [batch, length], not {shape.Dim.Count}."));
        }

        for (var i = 0; i < 2; i++)
        {
            if (shape.Dim[i].HasDimValue)
            {
                throw new ModelException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_file}: input {name} fixes its {(i == 0 ? "batch" : "length")} to {shape.Dim[i].DimValue}; export it with free batch and length."));
            }
        }

        return name;
    }

    private (int Heads, int Size, TensorElementType Type) CacheShape(List<CacheTensors> cache, NodeProto? attention)
    {
        (int Heads, int Size, TensorElementType Type)? first = null;
        foreach (var layer in cache)
        {
            foreach (var name in new[] { layer.PastKey, layer.PastValue, layer.PresentKey, layer.PresentValue })
            {
                var info = _inputs.TryGetValue(name, out var input) ? input : _outputs[name];
                var shape = info.Type.TensorType.Shape;
                if (shape is not null && shape.Dim.Count != 4)
                {
                    throw new ModelException(string.Create(
                        CultureInfo.InvariantCulture, $"{_file}: {name} must have 4 dimensions [batch, heads, length, head size], not {shape.Dim.Count}."));
                }

                (int Heads, int Size, TensorElementType Type) here = (
                    Literal(shape?.Dim[1]) ?? (attention is null ? null : (int?)GraphIndex.Int(attention, "kv_num_heads", 0)) ?? _folder.Config.KeyValueHeads ?? 0,
                    Literal(shape?.Dim[3]) ?? _folder.Config.HeadSize ?? 0,
                    FloatType(info));
                if (here.Heads < 1 || here.Size < 1)
                {
                    throw new ModelException($"{_file}: the shape of {name} is open, and config.json does not say num_key_value_heads and head_dim.");
                }

                first ??= here;
                if (first != here)
                {
                    throw new ModelException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{_file}: {name} is {here.Heads} heads × {here.Size} of {here.Type}, {cache[0].PastKey} is {first.Value.Heads} × {first.Value.Size} of {first.Value.Type}; layers of different shapes are not supported."));
                }
            }
        }

        return first!.Value;

        static int? Literal(TensorShapeProto.Types.Dimension? dimension) =>
            dimension is { HasDimValue: true, DimValue: > 0 and <= int.MaxValue } ? (int)dimension.DimValue : null;
    }

    /// <summary>Checks that each layer's cache goes through one GroupQueryAttention, which is what allows past and present to share a buffer.</summary>
    private void RequireCacheOnAttention(List<NodeProto> attention, List<CacheTensors> cache)
    {
        foreach (var layer in cache)
        {
            var node = attention.Find(node => node.Input.Count > 4 && node.Input[3] == layer.PastKey && node.Input[4] == layer.PastValue);
            if (node is null || node.Output.Count < 3 || node.Output[1] != layer.PresentKey || node.Output[2] != layer.PresentValue)
            {
                throw new ModelException($"{_file}: no GroupQueryAttention takes {layer.PastKey} and {layer.PastValue} and gives {layer.PresentKey} and {layer.PresentValue}; mixed kinds of attention are not supported.");
            }
        }
    }

    private int Vocabulary(ValueInfoProto logits, LanguageModelHead head)
    {
        var shape = logits.Type.TensorType.Shape;
        if (shape is not null && shape.Dim.Count != 3)
        {
            throw new ModelException(string.Create(CultureInfo.InvariantCulture, $"{_file}: output {logits.Name} must have 3 dimensions [batch, length, vocabulary], not {shape.Dim.Count}."));
        }

        var width = shape?.Dim[2] is { HasDimValue: true } last ? last.DimValue : head.Vocabulary ?? _folder.Config.VocabularySize;
        return width >= _folder.Config.VocabularySize && width <= int.MaxValue
            ? (int)width
            : throw new ModelException(string.Create(
                CultureInfo.InvariantCulture,
                $"{_file}: output {logits.Name} has {width} columns, but the configuration says vocab_size {_folder.Config.VocabularySize}; the files belong to different models."));
    }

    private int? RotaryLength()
    {
        var index = new GraphIndex(_graph);
        long? shortest = null;
        foreach (var node in _graph.Node)
        {
            var table = node.OpType switch
            {
                "GroupQueryAttention" when node.Input.Count > 7 => node.Input[7],
                "RotaryEmbedding" when node.Domain == "com.microsoft" && node.Input.Count > 2 => node.Input[2],
                "RotaryEmbedding" when node.Input.Count > 1 => node.Input[1],
                _ => "",
            };
            if (table.Length > 0 && index.ConstantShape(table) is { Length: 2 } shape)
            {
                shortest = Math.Min(shortest ?? long.MaxValue, shape[0]);
            }
        }

        return shortest is { } rows ? (int)Math.Min(rows, int.MaxValue) : null;
    }

    private TensorElementType FloatType(ValueInfoProto info) =>
        TypeOf(info) is TensorElementType.Float or TensorElementType.Float16
            ? TypeOf(info)
            : throw new ModelException($"{_file}: {info.Name} must be float32 or float16, not {NameOf(info)}.");

    // ONNX Runtime numbers its element types as ONNX does.
    private static TensorElementType TypeOf(ValueInfoProto info) => (TensorElementType)info.Type.TensorType.ElemType;

    private static string NameOf(ValueInfoProto info) => TypeOf(info).ToString().ToLowerInvariant();

    private static string List(IEnumerable<string> names)
    {
        var list = names.ToList();
        return list.Count <= 8 ? string.Join(", ", list) : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", list.Take(6))} … ({list.Count} in all)");
    }
}
