using Foxtrot.Inference.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Foxtrot.Bench;

/// <summary>
/// The least that decoding can cost: one ONNX Runtime pass over tensors bound once, again and again. No scheduling, no
/// sampling, no tokens, nobody waiting; shapes and lengths are those of the engine's passes.
/// </summary>
internal sealed class BareDecodeLoop : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _run = new();
    private readonly List<OrtValue> _values = [];

    /// <param name="model">The model.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="length">Tokens that each row holds.</param>
    /// <param name="capacity">Positions of the cache: what the engine's slots have.</param>
    /// <param name="run">Tokens per row and pass: 1 decodes, more prefills into an empty cache.</param>
    public BareDecodeLoop(LoadedModel model, int batch, int length, int capacity, int run)
    {
        var graph = model.Graph;
        _session = model.Session;
        _binding = _session.CreateIoBinding();
        var shared = graph.Layout == CacheLayout.SharedBuffer;
        var pastLength = shared ? capacity : run > 1 ? 0 : (length + 15) / 16 * 16;
        var maskWidth = run > 1 ? run : shared ? capacity : pastLength + 1;
        var ones = run > 1 ? run : length + 1;
        Input(graph.InputIds, Fill(batch * run, i => i % graph.Vocabulary), batch, run);
        Input(graph.AttentionMask, Fill(batch * maskWidth, i => i % maskWidth < ones || i % maskWidth == maskWidth - 1 && !shared ? 1 : 0), batch, maskWidth);
        if (graph.PositionIds is { } positions)
        {
            Input(positions, Fill(batch * run, i => run > 1 ? i % run : length), batch, run);
        }

        if (graph.LogitRows is { } logitRows)
        {
            Input(logitRows, Fill(batch, i => ((i + 1) * run) - 1), batch);
            Output(graph.Logits, graph.LogitsType, batch, graph.Vocabulary);
        }
        else
        {
            Output(graph.Logits, graph.LogitsType, batch, run, graph.Vocabulary);
        }

        for (var layer = 0; layer < graph.Layers; layer++)
        {
            Cache(graph, graph.PastKeys[layer], graph.PresentKeys[layer], batch, pastLength, shared ? 0 : run);
            Cache(graph, graph.PastValues[layer], graph.PresentValues[layer], batch, pastLength, shared ? 0 : run);
        }
    }

    /// <summary>Runs one pass.</summary>
    public void Run() => _session.RunWithBinding(_run, _binding);

    public void Dispose()
    {
        _binding.Dispose();
        _run.Dispose();
        _values.ForEach(v => v.Dispose());
    }

    private static long[] Fill(int count, Func<int, long> value)
    {
        var values = new long[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = value(i);
        }

        return values;
    }

    private void Input(string name, long[] data, params long[] shape)
    {
        var value = OrtValue.CreateTensorValueFromMemory(data, shape);
        _values.Add(value);
        _binding.BindInput(name, value);
    }

    private void Output(string name, TensorElementType type, params long[] shape) => _binding.BindOutput(name, Allocate(type, shape));

    private void Cache(ModelGraph graph, string past, string present, long batch, long pastLength, long growth)
    {
        var input = Allocate(graph.CacheType, [batch, graph.KeyValueHeads, pastLength, graph.HeadSize]);
        _binding.BindInput(past, input);
        _binding.BindOutput(present, growth == 0 ? input : Allocate(graph.CacheType, [batch, graph.KeyValueHeads, pastLength + growth, graph.HeadSize]));
    }

    private OrtValue Allocate(TensorElementType type, long[] shape)
    {
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);
        value.GetTensorMutableRawData().Clear();
        _values.Add(value);
        return value;
    }
}
