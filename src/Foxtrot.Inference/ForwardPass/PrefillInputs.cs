using Foxtrot.Inference.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Foxtrot.Inference.ForwardPass;

/// <summary>Token ids, positions and wanted logit rows of one prefill pass: [rows, width].</summary>
internal sealed class PrefillInputs : IDisposable
{
    private readonly int _rows;
    private readonly int _width;
    private readonly int _logitCount;
    private readonly NativeBuffer _tokens;
    private readonly NativeBuffer _positions;
    private readonly NativeBuffer _logitRows;

    /// <param name="rows">Sequences.</param>
    /// <param name="width">Tokens of each, at least 2.</param>
    /// <param name="logitRows">Rows of logits that the pass computes, at least one per sequence; surplus ones repeat the last.</param>
    public PrefillInputs(int rows, int width, int logitRows)
    {
        _logitCount = logitRows;
        _rows = rows;
        _width = width;
        _tokens = new NativeBuffer((long)rows * width * sizeof(long), clear: true);
        _positions = new NativeBuffer((long)rows * width * sizeof(long));
        _logitRows = new NativeBuffer((long)logitRows * sizeof(long));
    }

    /// <summary>Sets a row; what the tokens do not fill repeats the last one, as a dummy that nothing reads.</summary>
    /// <param name="row">The row.</param>
    /// <param name="tokens">At most the width.</param>
    /// <param name="start">Position of the first token.</param>
    /// <param name="last">Index in the row of the token whose logits are wanted.</param>
    public void SetRow(int row, ReadOnlySpan<int> tokens, int start, int last)
    {
        var ids = _tokens.AsSpan<long>(_rows * _width).Slice(row * _width, _width);
        var positions = _positions.AsSpan<long>(_rows * _width).Slice(row * _width, _width);
        for (var i = 0; i < _width; i++)
        {
            ids[i] = tokens[Math.Min(i, tokens.Length - 1)];
            positions[i] = start + i;
        }

        // The rows behind this one repeat it until they are set themselves.
        _logitRows.AsSpan<long>(_logitCount)[row..].Fill(((long)row * _width) + last);
    }

    /// <summary>Adds these inputs to a binding that has mask and cache, runs it and returns [rows, vocabulary].</summary>
    public Span<float> Run(PassBinding binding, ModelGraph graph, PassControl control, LogitsBuffer logits)
    {
        var host = OrtMemoryInfo.DefaultInstance;
        binding.Input(graph.InputIds, host, TensorElementType.Int64, _tokens.Address, _rows, _width);
        if (graph.PositionIds is { } positions)
        {
            binding.Input(positions, host, TensorElementType.Int64, _positions.Address, _rows, _width);
        }

        if (graph.LogitRows is { } logitRows)
        {
            binding.Input(logitRows, host, TensorElementType.Int64, _logitRows.Address, _logitCount);
            binding.Output(graph.Logits, host, graph.LogitsType, logits.Address, _logitCount, graph.Vocabulary);
            binding.Run(control);
            return logits.Read(_rows);
        }

        using var all = new LogitsBuffer(graph.LogitsType, graph.Vocabulary);
        all.Reserve(_rows * _width);
        binding.Output(graph.Logits, host, graph.LogitsType, all.Address, _rows, _width, graph.Vocabulary);
        binding.Run(control);
        return Pick(all, graph, logits);
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _positions.Dispose();
        _logitRows.Dispose();
    }

    private Span<float> Pick(LogitsBuffer all, ModelGraph graph, LogitsBuffer logits)
    {
        var source = all.Read(_rows * _width);
        var target = logits.Single(_rows);
        var wanted = _logitRows.AsSpan<long>(_rows);
        for (var r = 0; r < _rows; r++)
        {
            source.Slice((int)wanted[r] * graph.Vocabulary, graph.Vocabulary).CopyTo(target[(r * graph.Vocabulary)..]);
        }

        return target;
    }
}
