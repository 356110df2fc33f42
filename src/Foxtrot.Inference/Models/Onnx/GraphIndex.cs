using System.Runtime.InteropServices;
using global::Onnx;

namespace Foxtrot.Inference.Models.Onnx;

/// <summary>Look-ups over a graph: who makes a tensor, who reads it, which are weights.</summary>
/// <remarks>A snapshot: an edit of the graph makes it stale.</remarks>
internal sealed class GraphIndex
{
    private readonly Dictionary<string, NodeProto> _producers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorProto> _initializers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _constants = new(StringComparer.Ordinal);

    public GraphIndex(GraphProto graph)
    {
        Graph = graph;
        foreach (var tensor in graph.Initializer)
        {
            _initializers[tensor.Name] = tensor;
        }

        foreach (var node in graph.Node)
        {
            foreach (var output in node.Output)
            {
                if (output.Length > 0)
                {
                    _producers[output] = node;
                }
            }

            foreach (var input in node.Input)
            {
                _uses[input] = _uses.GetValueOrDefault(input) + 1;
            }
        }

        foreach (var output in graph.Output)
        {
            _uses[output.Name] = _uses.GetValueOrDefault(output.Name) + 1;
        }
    }

    public GraphProto Graph { get; }

    /// <summary>The node that makes a tensor; null for inputs and weights.</summary>
    public NodeProto? Producer(string tensor) => _producers.GetValueOrDefault(tensor);

    /// <summary>A stored tensor, also one in a Constant node; null for anything computed.</summary>
    public TensorProto? Stored(string tensor)
    {
        if (_initializers.TryGetValue(tensor, out var stored))
        {
            return stored;
        }

        return Producer(tensor) is { OpType: "Constant" } node && node.Attribute.Count == 1 ? node.Attribute[0].T : null;
    }

    /// <summary>How many nodes and graph outputs read a tensor.</summary>
    public int Uses(string tensor) => _uses.GetValueOrDefault(tensor);

    /// <summary>Whether a name is taken by any tensor.</summary>
    public bool Knows(string tensor) =>
        _producers.ContainsKey(tensor) || _initializers.ContainsKey(tensor) || _uses.ContainsKey(tensor) || Graph.Input.Any(input => input.Name == tensor);

    /// <summary>Whether a tensor depends on weights alone, so that it is the same in every run.</summary>
    public bool IsConstant(string tensor)
    {
        if (tensor.Length == 0 || _initializers.ContainsKey(tensor))
        {
            return true;
        }

        if (_constants.TryGetValue(tensor, out var known))
        {
            return known;
        }

        // False until proven, which also ends the walk in a damaged graph that runs in circles.
        _constants[tensor] = false;
        var constant = Producer(tensor) is { } node && node.Input.All(IsConstant);
        _constants[tensor] = constant;
        return constant;
    }

    /// <summary>The shape of a constant where it follows from the weight behind Cast, Identity, Transpose or DequantizeLinear; else null.</summary>
    public long[]? ConstantShape(string tensor)
    {
        if (Stored(tensor) is { } stored)
        {
            return [.. stored.Dims];
        }

        if (!IsConstant(tensor) || Producer(tensor) is not { } node || node.Input.Count == 0 || ConstantShape(node.Input[0]) is not { } shape)
        {
            return null;
        }

        switch (node.OpType)
        {
            case "Cast" or "Identity" or "DequantizeLinear":
                return shape;
            case "Transpose":
                var order = Ints(node, "perm");
                return order is null ? [.. shape.Reverse()] : order.All(axis => axis >= 0 && axis < shape.Length) ? [.. order.Select(axis => shape[axis])] : null;
            default:
                return null;
        }
    }

    /// <summary>A node's input; "" when it has no such one, as for an optional input that is left out.</summary>
    public static string Input(NodeProto node, int at) => at < node.Input.Count ? node.Input[at] : "";

    /// <summary>An integer attribute, or its default.</summary>
    public static long Int(NodeProto node, string name, long otherwise)
    {
        foreach (var attribute in node.Attribute)
        {
            if (attribute.Name == name)
            {
                return attribute.I;
            }
        }

        return otherwise;
    }

    /// <summary>A list attribute; null when absent.</summary>
    public static IReadOnlyList<long>? Ints(NodeProto node, string name)
    {
        foreach (var attribute in node.Attribute)
        {
            if (attribute.Name == name)
            {
                return attribute.Ints;
            }
        }

        return null;
    }

    /// <summary>The int64 or int32 values of a small stored tensor; null when it is something else.</summary>
    public long[]? StoredIntegers(string tensor)
    {
        if (Producer(tensor) is { OpType: "Constant" } node && node.Attribute.Count == 1 && node.Attribute[0].T is null)
        {
            return node.Attribute[0].Ints.Count > 0 ? [.. node.Attribute[0].Ints] : node.Attribute[0].HasI ? [node.Attribute[0].I] : null;
        }

        if (Stored(tensor) is not { } stored || stored.DataLocation == TensorProto.Types.DataLocation.External)
        {
            return null;
        }

        return (TensorProto.Types.DataType)stored.DataType switch
        {
            TensorProto.Types.DataType.Int64 when stored.HasRawData => MemoryMarshal.Cast<byte, long>(stored.RawData.Span).ToArray(),
            TensorProto.Types.DataType.Int64 => [.. stored.Int64Data],
            TensorProto.Types.DataType.Int32 when stored.HasRawData => [.. MemoryMarshal.Cast<byte, int>(stored.RawData.Span).ToArray()],
            TensorProto.Types.DataType.Int32 => [.. stored.Int32Data],
            _ => null,
        };
    }
}
