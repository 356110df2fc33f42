using Foxtrot.Inference.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Foxtrot.Inference.ForwardPass;

/// <summary>Token ids and positions of decode passes, [slots, 1], at addresses that never change, and where their logits go.</summary>
internal sealed class DecodeInputs : IDisposable
{
    private readonly ModelGraph _graph;
    private readonly NativeBuffer _tokens;
    private readonly NativeBuffer _positions;
    private readonly NativeBuffer _rows;

    public DecodeInputs(ModelGraph graph, int slots)
    {
        _graph = graph;
        _tokens = new NativeBuffer((long)slots * sizeof(long));
        _positions = new NativeBuffer((long)slots * sizeof(long));
        _rows = new NativeBuffer((long)slots * sizeof(long));
        var rows = _rows.AsSpan<long>(slots);
        for (var i = 0; i < slots; i++)
        {
            rows[i] = i;
        }
    }

    /// <summary>Sets the tokens of the first rows, each at the position that its row's length names.</summary>
    public void Set(ReadOnlySpan<int> tokens, ReadOnlySpan<int> lengths)
    {
        var ids = _tokens.AsSpan<long>(tokens.Length);
        var positions = _positions.AsSpan<long>(tokens.Length);
        for (var r = 0; r < tokens.Length; r++)
        {
            ids[r] = tokens[r];
            positions[r] = lengths[r];
        }
    }

    /// <summary>Adds these inputs, a mask and the logits of all rows to a binding that has the cache.</summary>
    public void Bind(PassBinding binding, int rows, AttentionMask mask, LogitsBuffer logits)
    {
        var host = OrtMemoryInfo.DefaultInstance;
        binding.Input(_graph.InputIds, host, TensorElementType.Int64, _tokens.Address, rows, 1);
        binding.Input(_graph.AttentionMask, host, TensorElementType.Int64, mask.Address, rows, mask.Width);
        if (_graph.PositionIds is { } positions)
        {
            binding.Input(positions, host, TensorElementType.Int64, _positions.Address, rows, 1);
        }

        if (_graph.LogitRows is { } logitRows)
        {
            binding.Input(logitRows, host, TensorElementType.Int64, _rows.Address, rows);
            binding.Output(_graph.Logits, host, _graph.LogitsType, logits.Address, rows, _graph.Vocabulary);
        }
        else
        {
            binding.Output(_graph.Logits, host, _graph.LogitsType, logits.Address, rows, 1, _graph.Vocabulary);
        }
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _positions.Dispose();
        _rows.Dispose();
    }
}
