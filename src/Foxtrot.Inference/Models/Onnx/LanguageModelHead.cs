using global::Onnx;

namespace Foxtrot.Inference.Models.Onnx;

/// <summary>The matrix product that turns hidden states into logits, found by walking back from the logits output.</summary>
/// <remarks>
/// Steps over what may follow it (Cast, scaling, soft cap, bias, a Reshape back to three dimensions) and looks at what may precede it
/// (a pruned head keeps the last position of each row only, which is wrong for rows padded on the right).
/// </remarks>
internal sealed class LanguageModelHead
{
    private LanguageModelHead(string logits) => Logits = logits;

    /// <summary>The graph's logits output.</summary>
    public string Logits { get; }

    /// <summary>The product's node; null when none was recognised.</summary>
    public NodeProto? Product { get; private set; }

    /// <summary>The hidden states of all positions, [batch, length, hidden] or [batch × length, hidden].</summary>
    public string Hidden { get; private set; } = "";

    /// <summary>Width of a row of logits where the weights tell it; else null.</summary>
    public long? Vocabulary { get; private set; }

    /// <summary>Why no product was recognised; null when one was.</summary>
    public string? Reason { get; private set; }

    /// <summary>The node that keeps only each row's last position; null in an unpruned head.</summary>
    public NodeProto? Pruning { get; private set; }

    /// <summary>Reshape, Squeeze and Unsqueeze nodes between the product and the logits.</summary>
    public List<NodeProto> ShapesAfter { get; } = [];

    /// <summary>Tensors between the product and the logits, both included.</summary>
    public HashSet<string> TensorsAfter { get; } = new(StringComparer.Ordinal);

    /// <summary>Finds the head of a graph.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="logits">Its logits output.</param>
    /// <param name="keepInput">The input <c>num_logits_to_keep</c>, where it has one: a Slice that hangs on it keeps everything once it is 0.</param>
    /// <exception cref="ModelException">Positions are dropped before the head in a way that cannot be undone.</exception>
    public static LanguageModelHead Find(string file, GraphProto graph, string logits, string? keepInput)
    {
        var head = new LanguageModelHead(logits);
        var index = new GraphIndex(graph);
        head.Reason = head.WalkBack(index);
        if (head.Product is { } product)
        {
            head.Hidden = product.Input[0];
            head.LookForPruning(file, index, keepInput);
        }

        return head;
    }

    private string? WalkBack(GraphIndex index)
    {
        var tensor = Logits;
        while (true)
        {
            if (!TensorsAfter.Add(tensor) || index.Producer(tensor) is not { } node)
            {
                return $"{tensor} is not computed by a node";
            }

            if (index.Uses(tensor) > 1)
            {
                return $"{tensor} is used more than once";
            }

            switch (node.OpType)
            {
                case "MatMul" or "MatMulNBits" or "MatMulBnb4" or "Gemm" or "FusedMatMul":
                    return TakeProduct(index, node);
                case "Cast" or "Identity" or "Tanh" or "Clip":
                    tensor = GraphIndex.Input(node, 0);
                    break;
                case "Reshape" or "Squeeze" or "Unsqueeze":
                    ShapesAfter.Add(node);
                    tensor = GraphIndex.Input(node, 0);
                    break;
                case "Add" or "Sub" or "Mul" or "Div":
                    var constant = index.IsConstant(GraphIndex.Input(node, 1)) ? 1 : 0;
                    if (index.ConstantShape(GraphIndex.Input(node, constant)) is not { Length: <= 1 })
                    {
                        return $"{Describe(node)} follows the head with an operand that is no constant of at most one dimension";
                    }

                    tensor = GraphIndex.Input(node, 1 - constant);
                    break;
                default:
                    return $"the logits come from {Describe(node)}, not from a matrix product";
            }
        }
    }

    private string? TakeProduct(GraphIndex index, NodeProto node)
    {
        if (node.Input.Count < 2)
        {
            return $"{Describe(node)} has no weights";
        }

        for (var i = 1; i < node.Input.Count; i++)
        {
            if (!index.IsConstant(node.Input[i]))
            {
                return $"input {node.Input[i]} of {Describe(node)} is computed";
            }
        }

        if (GraphIndex.Int(node, "transA", 0) != 0)
        {
            return $"{Describe(node)} transposes its first operand";
        }

        Product = node;
        var weights = index.ConstantShape(node.Input[1]);
        Vocabulary = node.OpType switch
        {
            "MatMulNBits" or "MatMulBnb4" => GraphIndex.Int(node, "N", 0) is > 0 and var columns ? columns : null,
            _ when weights is { Length: 2 } => weights[GraphIndex.Int(node, "transB", 0) == 0 ? 1 : 0],
            _ => null,
        };
        return null;
    }

    private void LookForPruning(string file, GraphIndex index, string? keepInput)
    {
        var direct = true;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var tensor = Hidden; index.Producer(tensor) is { } node && seen.Add(tensor); tensor = GraphIndex.Input(node, 0))
        {
            switch (node.OpType)
            {
                case "Unsqueeze" or "Squeeze" or "Reshape" or "Flatten":
                    continue;
                case "Cast" or "Identity":
                    direct = false;
                    continue;
                case "Slice" when keepInput is not null && node.Input.Skip(1).Any(input => DependsOn(index, input, keepInput, seen)):
                    return;
                case "Gather" when GraphIndex.Int(node, "axis", 0) is 1 or -2 && index.StoredIntegers(GraphIndex.Input(node, 1)) is [-1]:
                case "Slice" when index.StoredIntegers(GraphIndex.Input(node, 1)) is [-1] && index.StoredIntegers(GraphIndex.Input(node, 3)) is [1 or -2]:
                    if (!direct)
                    {
                        throw Unsupported(file, node);
                    }

                    Pruning = node;
                    Hidden = GraphIndex.Input(node, 0);
                    return;
                case "Gather" or "GatherND" or "Slice" or "GatherElements" or "Compress":
                    throw Unsupported(file, node);
                default:
                    return;
            }
        }
    }

    private static bool DependsOn(GraphIndex index, string tensor, string input, HashSet<string> seen) =>
        tensor == input || (seen.Add(tensor) && index.Producer(tensor) is { } node && node.Input.Any(other => DependsOn(index, other, input, seen)));

    private static ModelException Unsupported(string file, NodeProto node) =>
        new($"{file}: {Describe(node)} drops positions before the language-model head in a form that is not supported; export the model without a pruned head.");

    private static string Describe(NodeProto node) => node.Name.Length > 0 ? $"{node.OpType} ({node.Name})" : node.OpType;
}
