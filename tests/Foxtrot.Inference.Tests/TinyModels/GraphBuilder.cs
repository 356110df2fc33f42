using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;

namespace Foxtrot.Inference.Tests.TinyModels;

/// <summary>Writes ONNX graphs node by node; methods return the name of what they add.</summary>
internal sealed class GraphBuilder
{
    public const int Float = 1;
    public const int UInt8 = 2;
    public const int Int32 = 6;
    public const int Int64 = 7;
    public const int Half = 10;

    private int _count;

    public GraphProto Graph { get; } = new() { Name = "tiny" };

    public ModelProto Model(int opset) => new()
    {
        IrVersion = 8,
        ProducerName = "tiny",
        Graph = Graph,
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = opset }, new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 } },
    };

    /// <summary>A graph input; numbers are literal dimensions, other texts symbols.</summary>
    public string Input(string name, int type, params ReadOnlySpan<string> shape)
    {
        Graph.Input.Add(Value(name, type, shape));
        return name;
    }

    public void Output(string name, int type, params ReadOnlySpan<string> shape) => Graph.Output.Add(Value(name, type, shape));

    /// <summary>One node with one output.</summary>
    public string Node(string op, string domain, string[] inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Nodes(op, domain, inputs, [$"{op}_{_count}_out"], attributes)[0];

    /// <summary>One node of the default domain with one output.</summary>
    public string Op(string op, params string[] inputs) => Node(op, "", inputs);

    /// <summary>One node with the outputs named.</summary>
    public string[] Nodes(string op, string domain, string[] inputs, string[] outputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var node = new NodeProto { OpType = op, Domain = domain, Name = $"{op}_{_count++}", Input = { inputs }, Output = { outputs } };
        foreach (var (name, value) in attributes)
        {
            var attribute = new AttributeProto { Name = name };
            switch (value)
            {
                case int number:
                    attribute.Type = AttributeProto.Types.AttributeType.Int;
                    attribute.I = number;
                    break;
                case float number:
                    attribute.Type = AttributeProto.Types.AttributeType.Float;
                    attribute.F = number;
                    break;
                case long[] list:
                    attribute.Type = AttributeProto.Types.AttributeType.Ints;
                    attribute.Ints.Add(list);
                    break;
                default:
                    throw new ArgumentException(name);
            }

            node.Attribute.Add(attribute);
        }

        Graph.Node.Add(node);
        return outputs;
    }

    public string Longs(string name, long[] shape, params long[] values) => Weight(name, Int64, shape, MemoryMarshal.AsBytes(values.AsSpan()));

    public string Floats(string name, long[] shape, float[] values) => Weight(name, Float, shape, MemoryMarshal.AsBytes(values.AsSpan()));

    public string Halves(string name, long[] shape, float[] values) =>
        Weight(name, Half, shape, MemoryMarshal.AsBytes(Array.ConvertAll(values, value => (System.Half)value).AsSpan()));

    public string Weight(string name, int type, long[] shape, ReadOnlySpan<byte> data)
    {
        if (!Graph.Initializer.Any(tensor => tensor.Name == name))
        {
            Graph.Initializer.Add(new TensorProto { Name = name, DataType = type, Dims = { shape }, RawData = ByteString.CopyFrom(data) });
        }

        return name;
    }

    public static ValueInfoProto Value(string name, int type, params ReadOnlySpan<string> shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (var dimension in shape)
        {
            dimensions.Dim.Add(long.TryParse(dimension, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new TensorShapeProto.Types.Dimension { DimValue = number }
                : new TensorShapeProto.Types.Dimension { DimParam = dimension });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new() { ElemType = type, Shape = dimensions } } };
    }
}
