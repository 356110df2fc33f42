using Microsoft.ML.OnnxRuntime.Tensors;

namespace Foxtrot.Inference.Models;

/// <summary>What a decoder's ONNX graph takes and gives: names, shapes, types and which promises hold.</summary>
/// <remarks>Immutable. All facts are read off the graph, after the <c>logit_rows</c> edit; lists run over layers from 0.</remarks>
public sealed record ModelGraph
{
    /// <summary>How the key/value cache goes in and out.</summary>
    public required CacheLayout Layout { get; init; }

    /// <summary>Number of layers with a cache.</summary>
    public required int Layers { get; init; }

    /// <summary>Key/value heads per layer.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Values per head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Query heads per layer; null where neither the graph nor the configuration says.</summary>
    public int? QueryHeads { get; init; }

    /// <summary>Width of a row of logits; at least the tokenizer's vocabulary (models may pad it).</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Type of the cache tensors: Float or Float16.</summary>
    public required TensorElementType CacheType { get; init; }

    /// <summary>Type of the logits: Float or Float16.</summary>
    public required TensorElementType LogitsType { get; init; }

    /// <summary>Input: token ids, int64 [batch, length].</summary>
    public required string InputIds { get; init; }

    /// <summary>Input: int64 [batch, past + length], 1 where a token is. Layout B reads only each row's count of ones, and the width as the buffer's length.</summary>
    public required string AttentionMask { get; init; }

    /// <summary>Input: int64 [batch, length], each token's position from 0; null where the graph counts for itself (layout A then counts by the past's length, which must have no gaps).</summary>
    public string? PositionIds { get; init; }

    /// <summary>Inputs: past keys per layer.</summary>
    public required IReadOnlyList<string> PastKeys { get; init; }

    /// <summary>Inputs: past values per layer.</summary>
    public required IReadOnlyList<string> PastValues { get; init; }

    /// <summary>Outputs: present keys per layer.</summary>
    public required IReadOnlyList<string> PresentKeys { get; init; }

    /// <summary>Outputs: present values per layer.</summary>
    public required IReadOnlyList<string> PresentValues { get; init; }

    /// <summary>Output: [rows, vocabulary] with <see cref="LogitRows"/>, else [batch, length, vocabulary].</summary>
    public required string Logits { get; init; }

    /// <summary>Input: int64 [rows], which of the batch × length positions (row-major) get logits; null where the graph was not edited.</summary>
    public string? LogitRows { get; init; }

    /// <summary>Why the graph has no <see cref="LogitRows"/>; null when it has.</summary>
    public string? LogitRowsReason { get; init; }

    /// <summary>Positions that the graph's rotary table covers; null where it computes them.</summary>
    public int? RotaryLength { get; init; }

    /// <summary>Whether GroupQueryAttention itself rotates queries and keys by position (<c>do_rotary</c>).</summary>
    public bool RotaryInAttention { get; init; }

    /// <summary>Tokens that GroupQueryAttention looks back (<c>local_window_size</c>); null is all.</summary>
    public int? LocalWindow { get; init; }

    /// <summary>Whether a row's bits are free of its neighbours in the batch. False forbids batching if text is to be reproducible.</summary>
    public required bool RowsIndependent { get; init; }

    /// <summary>Why rows depend on each other; null when they do not.</summary>
    public string? RowsDependReason { get; init; }

    /// <summary>
    /// Whether a matrix product of one row takes another path than the same row among several (MatMulNBits with an accuracy level
    /// other than 4): then every run must have at least two token rows and at least two logit rows, the surplus ones ignored.
    /// </summary>
    public bool PadSingleRow { get; init; }
}
