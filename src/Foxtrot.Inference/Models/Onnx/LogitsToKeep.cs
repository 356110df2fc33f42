using global::Onnx;
using Google.Protobuf;

namespace Foxtrot.Inference.Models.Onnx;

/// <summary>The input <c>num_logits_to_keep</c> of newer exports: logits for so many last positions of each row, 0 for all.</summary>
/// <remarks>Last positions are the wrong ones in rows padded on the right, so it is fixed at 0 and <see cref="LogitRowsEdit"/> does the choosing.</remarks>
internal static class LogitsToKeep
{
    private static readonly string[] Names = ["num_logits_to_keep", "logits_to_keep"];

    /// <summary>The input's name; null when the graph has none.</summary>
    public static string? Find(GraphProto graph) => Array.Find(Names, name => graph.Input.Any(input => input.Name == name));

    /// <summary>Turns the input into the constant 0.</summary>
    public static void KeepAll(GraphProto graph, string? name)
    {
        if (name is null)
        {
            return;
        }

        var input = graph.Input.First(input => input.Name == name);
        var type = input.Type.TensorType;
        var size = type.ElemType == (int)TensorProto.Types.DataType.Int32 ? sizeof(int) : sizeof(long);
        var zero = new TensorProto { Name = name, DataType = type.ElemType, RawData = ByteString.CopyFrom(new byte[size]) };
        foreach (var _ in type.Shape?.Dim ?? [])
        {
            zero.Dims.Add(1);
        }

        graph.Input.Remove(input);
        graph.Initializer.Add(zero);
    }
}
