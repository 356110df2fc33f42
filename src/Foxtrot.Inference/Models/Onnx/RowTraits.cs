using global::Onnx;

namespace Foxtrot.Inference.Models.Onnx;

/// <summary>Which operators of a model let a row's bits depend on its company in the batch.</summary>
internal static class RowTraits
{
    // Their scale is taken over the whole tensor, all rows together.
    private static readonly HashSet<string> MixRows =
        new(StringComparer.Ordinal) { "DynamicQuantizeLinear", "MatMulInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "ConvInteger", "QAttention" };

    /// <summary>The first operator that mixes rows; null when there is none.</summary>
    public static string? MixingOperator(ModelProto model) => Operators(model).FirstOrDefault(node => MixRows.Contains(node.OpType))?.OpType;

    /// <summary>Whether a single row takes another kernel than the same row among several.</summary>
    /// <remarks>Level 4 quantises each row by itself to int8; the other levels dequantise the weights and multiply as fp32, with a kernel of its own for one row.</remarks>
    public static bool NeedsTwoRows(ModelProto model) =>
        Operators(model).Any(node => node.OpType == "MatMulNBits" && GraphIndex.Int(node, "accuracy_level", 0) != 4);

    private static IEnumerable<NodeProto> Operators(ModelProto model) => model.Graph.Node.Concat(model.Functions.SelectMany(function => function.Node));
}
