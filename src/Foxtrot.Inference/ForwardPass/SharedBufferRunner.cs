using Foxtrot.Inference.KvCache;
using Foxtrot.Inference.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Foxtrot.Inference.ForwardPass;

/// <summary>
/// Passes over layout B: <c>GroupQueryAttention</c> reads and writes the slots in place, past and present being the same
/// memory. The active rows are a prefix of the slots, so a decode pass needs no gathering, whatever joined or left.
/// </summary>
/// <remarks>
/// The operator takes each row's length from the count of ones in <c>attention_mask</c> and the cache's width from its
/// shape; the mask therefore keeps the full width, except in a pass from empty slots, where the width is the run's.
/// </remarks>
internal sealed class SharedBufferRunner : ForwardRunner
{
    private static readonly OrtMemoryInfo Host = OrtMemoryInfo.DefaultInstance;

    private readonly InferenceSession _session;
    private readonly KvStorage _cache;
    private readonly DecodeInputs _inputs;
    private readonly AttentionMask _mask;
    private readonly AttentionMask _chunkMask;
    private readonly LogitsBuffer _logits;
    private readonly PassBinding?[] _decode;

    public SharedBufferRunner(LoadedModel model, int slots, int maxLength)
        : base(model.Graph, slots, maxLength)
    {
        _session = model.Session;
        _cache = KvStorage.Create(model, Rows, maxLength);
        _inputs = new DecodeInputs(model.Graph, Rows);
        _mask = new AttentionMask(Rows, maxLength);
        _chunkMask = new AttentionMask(1, maxLength);
        _logits = new LogitsBuffer(model.Graph.LogitsType, model.Graph.Vocabulary);
        _logits.Reserve(Rows);
        _decode = new PassBinding?[Rows + 1];
    }

    /// <summary>The last position: no sequence holds it before its own last step, and a prompt never does.</summary>
    protected override int PaddingLength => MaxLength - 1;

    /// <inheritdoc/>
    protected override Span<float> DecodeRows(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> lengths, int kept)
    {
        var rows = tokens.Length;
        _inputs.Set(tokens, lengths);
        for (var r = 0; r < rows; r++)
        {
            _mask.SetOnes(r, lengths[r] + 1);
        }

        (_decode[rows] ??= BindDecode(rows)).Run(Control);
        return _logits.Read(rows);
    }

    /// <inheritdoc/>
    public override Span<float> Prefill(int slot, ReadOnlySpan<int> tokens, int start)
    {
        var width = RunWidth(tokens.Length);
        using var inputs = new PrefillInputs(1, width, LogitRows(1));
        inputs.SetRow(0, tokens, start, tokens.Length - 1);
        _chunkMask.SetOnes(0, start + width);
        using var binding = new PassBinding(_session);
        var maskWidth = start == 0 ? width : MaxLength;
        binding.Input(Graph.AttentionMask, Host, TensorElementType.Int64, _chunkMask.Address, 1, maskWidth);
        return RunPrefill(binding, inputs, slot, 1, width);
    }

    /// <inheritdoc/>
    public override Span<float> PrefillBatch(int firstSlot, ReadOnlySpan<int> tokens, int width, ReadOnlySpan<int> lengths)
    {
        var rows = lengths.Length;
        using var inputs = new PrefillInputs(rows, width, LogitRows(rows));
        using var mask = new AttentionMask(rows, width);
        for (var r = 0; r < rows; r++)
        {
            inputs.SetRow(r, tokens.Slice(r * width, width), 0, lengths[r] - 1);
            mask.SetOnes(r, lengths[r]);
        }

        using var binding = new PassBinding(_session);
        binding.Input(Graph.AttentionMask, Host, TensorElementType.Int64, mask.Address, rows, width);
        return RunPrefill(binding, inputs, firstSlot, rows, width);
    }

    /// <inheritdoc/>
    public override void Copy(int from, int to, int positions) => _cache.Copy(from, to, positions);

    /// <inheritdoc/>
    public override void Swap(int a, int b, int positions) => _cache.Swap(a, b, positions);

    protected override void Dispose(bool disposing)
    {
        foreach (var binding in _decode)
        {
            binding?.Dispose();
        }

        _logits.Dispose();
        _chunkMask.Dispose();
        _mask.Dispose();
        _inputs.Dispose();
        _cache.Dispose();
    }

    private PassBinding BindDecode(int rows)
    {
        var binding = new PassBinding(_session);
        _inputs.Bind(binding, rows, _mask, _logits);
        BindCache(binding, 0, rows);
        return binding;
    }

    private Span<float> RunPrefill(PassBinding binding, PrefillInputs inputs, int firstSlot, int rows, int width)
    {
        BindCache(binding, firstSlot, rows);
        return inputs.Run(binding, Graph, Control, _logits);
    }

    private void BindCache(PassBinding binding, int firstSlot, int rows)
    {
        long[] shape = [rows, Graph.KeyValueHeads, MaxLength, Graph.HeadSize];
        for (var layer = 0; layer < Graph.Layers; layer++)
        {
            var key = _cache.Address(2 * layer, firstSlot);
            var value = _cache.Address((2 * layer) + 1, firstSlot);
            binding.Input(Graph.PastKeys[layer], _cache.Memory, Graph.CacheType, key, shape);
            binding.Input(Graph.PastValues[layer], _cache.Memory, Graph.CacheType, value, shape);
            binding.Output(Graph.PresentKeys[layer], _cache.Memory, Graph.CacheType, key, shape);
            binding.Output(Graph.PresentValues[layer], _cache.Memory, Graph.CacheType, value, shape);
        }
    }
}
