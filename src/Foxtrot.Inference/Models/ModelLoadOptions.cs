using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.Models;

/// <summary>How a model is loaded. No value here changes a bit of its logits, but for <see cref="EditLogitRows"/> with fp16 models, and <see cref="SyntheticStep"/>.</summary>
public sealed record ModelLoadOptions
{
    /// <summary>The highest niceness that there is; see nice(2).</summary>
    public const int MostNiceness = 19;

    /// <summary>Threads for one operator, from 0 to 1,024; 0 is min(2, processors, query heads). Default 0.</summary>
    /// <remarks>
    /// At long contexts attention splits its work by heads while there are at least as many heads as threads, and within a head
    /// beyond that, which changes the order of its sums. So no model gets more threads than it has query heads.
    /// </remarks>
    public int IntraOpThreads { get; init; }

    /// <summary>Whether idle threads spin while they wait for the next operator. Faster on quiet cores, much slower on busy ones. Default false.</summary>
    public bool AllowSpinning { get; init; }

    /// <summary>
    /// How far threads that compute on the CPU stand back behind others: the niceness of an operator's threads and of the engine's, 0 to
    /// <see cref="MostNiceness"/>. Other devices have no use for it. Default 0: not at all.
    /// </summary>
    public int Niceness { get; init; }

    /// <summary>ONNX Runtime's graph rewriting. Default: all.</summary>
    public GraphOptimizationLevel Optimization { get; init; } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    /// <summary>
    /// Whether the graph is edited so that logits are computed only for the positions asked for. Default true. For fp16 models on
    /// the CPU the two settings round at different places and so give different bits, each reproducible.
    /// </summary>
    public bool EditLogitRows { get; init; } = true;

    /// <summary>
    /// Instead of running the graph, a decode pass waits so long, and logits are made up from token and position: for measuring a cluster
    /// and not its processors. Not negative; null, the default, runs the graph.
    /// </summary>
    public TimeSpan? SyntheticStep { get; init; }
}
