using global::Onnx;

namespace Foxtrot.Inference.Models.Onnx;

/// <summary>What the <c>logit_rows</c> edit did.</summary>
/// <param name="Input">The new graph input; null where the graph was left as it was.</param>
/// <param name="Reason">Why it was left.</param>
internal readonly record struct LogitRowsResult(string? Input, string? Reason);

/// <summary>
/// Puts <c>Flatten</c> and <c>Gather(logit_rows)</c> before the language-model head, so that logits [rows, vocabulary] are computed
/// only for the chosen positions of [batch × length]. A prefill of 512 tokens needs one row of logits, not 512.
/// </summary>
/// <remarks>
/// The bits of a row do not depend on which rows are chosen. With fp32 hidden states they are also those of the unedited graph. With
/// fp16 ones they are not on the CPU: it computes in fp32 and rounds the hidden states where the edit stands, as the file says, while
/// in the unedited graph it drops that rounding.
/// </remarks>
internal static class LogitRowsEdit
{
    private const string Prefix = "foxtrot/logit_rows";

    /// <summary>Edits the graph in place.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="head">Where its head is, from <see cref="LanguageModelHead.Find"/> on the same graph.</param>
    /// <param name="vocabulary">Width of a row of logits.</param>
    public static LogitRowsResult Apply(GraphProto graph, LanguageModelHead head, int vocabulary)
    {
        if (head.Product is not { } product)
        {
            return new(null, head.Reason);
        }

        var index = new GraphIndex(graph);
        var input = "logit_rows";
        while (index.Knows(input))
        {
            input += "_";
        }

        // Axis -1 makes [batch, length, hidden] two-dimensional and leaves what already is.
        var flatten = new NodeProto { OpType = "Flatten", Name = Prefix + "/flatten", Input = { head.Hidden }, Output = { Prefix + "/hidden" } };
        flatten.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = -1 });
        var gather = new NodeProto { OpType = "Gather", Name = Prefix + "/gather", Input = { Prefix + "/hidden", input }, Output = { Prefix + "/rows" } };
        gather.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 0 });

        var at = graph.Node.IndexOf(product);
        graph.Node.Insert(at, flatten);
        graph.Node.Insert(at + 1, gather);
        product.Input[0] = Prefix + "/rows";
        foreach (var reshape in head.ShapesAfter)
        {
            Bypass(graph, reshape);
        }

        graph.Input.Add(Tensor(input, (int)TensorProto.Types.DataType.Int64, new TensorShapeProto.Types.Dimension { DimParam = "logit_rows" }));
        var logits = graph.Output.First(output => output.Name == head.Logits);
        var type = logits.Type.TensorType.ElemType;
        graph.Output[graph.Output.IndexOf(logits)] = Tensor(head.Logits, type, new TensorShapeProto.Types.Dimension { DimParam = "logit_rows" }, new TensorShapeProto.Types.Dimension { DimValue = vocabulary });
        for (var i = graph.ValueInfo.Count - 1; i >= 0; i--)
        {
            if (head.TensorsAfter.Contains(graph.ValueInfo[i].Name))
            {
                graph.ValueInfo.RemoveAt(i);
            }
        }

        return new(input, null);
    }

    /// <summary>Removes a one-in, one-out node: its producer takes over its output's name.</summary>
    private static void Bypass(GraphProto graph, NodeProto node)
    {
        graph.Node.Remove(node);
        foreach (var other in graph.Node)
        {
            for (var i = 0; i < other.Output.Count; i++)
            {
                if (other.Output[i] == node.Input[0])
                {
                    other.Output[i] = node.Output[0];
                }
            }
        }
    }

    private static ValueInfoProto Tensor(string name, int type, params ReadOnlySpan<TensorShapeProto.Types.Dimension> dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
        {
            shape.Dim.Add(dimension);
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new() { ElemType = type, Shape = shape } } };
    }
}
