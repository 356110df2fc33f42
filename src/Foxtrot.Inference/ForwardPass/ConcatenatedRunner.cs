using Foxtrot.Inference.Devices;
using Foxtrot.Inference.KvCache;
using Foxtrot.Inference.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Foxtrot.Inference.ForwardPass;

/// <summary>
/// Passes over layout A: the graph takes a past and returns it with the new positions appended. Each row lies left-aligned
/// in a region whose length is a multiple of 16; the mask hides the gap behind it, the new token comes after the region,
/// and only its key and value are copied back. The region's length does not change a bit of the result.
/// </summary>
/// <remarks>
/// A prefill pass takes an exact, gapless past instead. Masked positions are read (and multiplied by zero), so the
/// region starts as zeros. Runs on the CPU.
/// </remarks>
internal sealed class ConcatenatedRunner : ForwardRunner
{
    private const int RegionStep = 16;
    private static readonly OrtMemoryInfo Host = OrtMemoryInfo.DefaultInstance;

    private readonly InferenceSession _session;
    private readonly DecodeInputs _inputs;
    private readonly LogitsBuffer _logits;
    private readonly PassBinding?[] _decode;
    private readonly int[] _used;
    private KvTensors _cache;
    private KvTensors _present;
    private AttentionMask _mask;

    public ConcatenatedRunner(LoadedModel model, int slots, int maxLength)
        : base(model.Graph, slots, maxLength)
    {
        if (model.Device.Kind != DeviceKind.Cpu)
        {
            throw new ModelException($"{model.Folder.OnnxFile}: its cache layout (past and present concatenated) runs on the cpu only, not on {model.Device}; export the model with the onnxruntime-genai builder (GroupQueryAttention) for that device");
        }

        _session = model.Session;
        _inputs = new DecodeInputs(model.Graph, Rows);
        _logits = new LogitsBuffer(model.Graph.LogitsType, model.Graph.Vocabulary);
        _logits.Reserve(Rows);
        _decode = new PassBinding?[Rows + 1];
        _used = new int[Rows];
        (_cache, _present, _mask) = Allocate(RegionStep);
    }

    /// <summary>None: a pass writes no slot, only what is kept of it does.</summary>
    protected override int PaddingLength => 0;

    /// <inheritdoc/>
    protected override Span<float> DecodeRows(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> lengths, int kept)
    {
        var rows = tokens.Length;
        var longest = 0;
        for (var r = 0; r < rows; r++)
        {
            longest = Math.Max(longest, lengths[r] + 1);
        }

        EnsureRegion(longest);
        _inputs.Set(tokens, lengths);
        for (var r = 0; r < rows; r++)
        {
            _mask.SetOnes(r, lengths[r]);
        }

        (_decode[rows] ??= BindDecode(rows)).Run(Control);
        for (var r = 0; r < kept; r++)
        {
            KeepNewPosition(r, lengths[r]);
        }

        return _logits.Read(rows);
    }

    /// <inheritdoc/>
    public override Span<float> Prefill(int slot, ReadOnlySpan<int> tokens, int start)
    {
        var width = RunWidth(tokens.Length);
        using var past = Tensors(1, start);
        using var present = Tensors(1, start + width);
        using var mask = new AttentionMask(1, start + width);
        using var inputs = new PrefillInputs(1, width, LogitRows(1));
        _cache.CopyTo(slot, past, 0, start);
        mask.SetOnes(0, start + width);
        inputs.SetRow(0, tokens, start, tokens.Length - 1);
        var logits = RunPrefill(inputs, past, present, mask);
        Keep(present, 0, slot, start + tokens.Length);
        return logits;
    }

    /// <inheritdoc/>
    public override Span<float> PrefillBatch(int firstSlot, ReadOnlySpan<int> tokens, int width, ReadOnlySpan<int> lengths)
    {
        var rows = lengths.Length;
        using var past = Tensors(rows, 0);
        using var present = Tensors(rows, width);
        using var mask = new AttentionMask(rows, width);
        using var inputs = new PrefillInputs(rows, width, LogitRows(rows));
        for (var r = 0; r < rows; r++)
        {
            inputs.SetRow(r, tokens.Slice(r * width, width), 0, lengths[r] - 1);
            mask.SetOnes(r, lengths[r]);
        }

        var logits = RunPrefill(inputs, past, present, mask);
        for (var r = 0; r < rows; r++)
        {
            Keep(present, r, firstSlot + r, lengths[r]);
        }

        return logits;
    }

    /// <inheritdoc/>
    public override void Copy(int from, int to, int positions)
    {
        _cache.Copy(from, to, positions);
        _used[to] = positions;
    }

    /// <inheritdoc/>
    public override void Swap(int a, int b, int positions)
    {
        _cache.Swap(a, b, positions);
        (_used[a], _used[b]) = (_used[b], _used[a]);
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        Array.Clear(_used);
        if (_cache.Length > 4 * RegionStep)
        {
            Replace(RegionStep);
        }
    }

    protected override void Dispose(bool disposing)
    {
        ClearBindings();
        _mask.Dispose();
        _present.Dispose();
        _cache.Dispose();
        _logits.Dispose();
        _inputs.Dispose();
    }

    private PassBinding BindDecode(int rows)
    {
        var binding = new PassBinding(_session);
        _inputs.Bind(binding, rows, _mask, _logits);
        BindCache(binding, _cache, _present, rows);
        return binding;
    }

    private Span<float> RunPrefill(PrefillInputs inputs, KvTensors past, KvTensors present, AttentionMask mask)
    {
        using var binding = new PassBinding(_session);
        binding.Input(Graph.AttentionMask, Host, TensorElementType.Int64, mask.Address, past.Slots, mask.Width);
        BindCache(binding, past, present, past.Slots);
        return inputs.Run(binding, Graph, Control, _logits);
    }

    private void BindCache(PassBinding binding, KvTensors past, KvTensors present, int rows)
    {
        long[] pastShape = [rows, past.Heads, past.Length, Graph.HeadSize];
        long[] presentShape = [rows, past.Heads, present.Length, Graph.HeadSize];
        for (var layer = 0; layer < Graph.Layers; layer++)
        {
            var key = 2 * layer;
            var value = key + 1;
            binding.Input(Graph.PastKeys[layer], Host, Graph.CacheType, past.Address(key, 0), pastShape);
            binding.Input(Graph.PastValues[layer], Host, Graph.CacheType, past.Address(value, 0), pastShape);
            binding.Output(Graph.PresentKeys[layer], Host, Graph.CacheType, present.Address(key, 0), presentShape);
            binding.Output(Graph.PresentValues[layer], Host, Graph.CacheType, present.Address(value, 0), presentShape);
        }
    }

    private void Keep(KvTensors present, int row, int slot, int positions)
    {
        EnsureRegion(positions + 1);
        present.CopyTo(row, _cache, slot, positions);
        _used[slot] = positions;
    }

    private unsafe void KeepNewPosition(int row, int position)
    {
        var newest = (long)_cache.Length * _cache.HeadBytes;
        var offset = (long)position * _cache.HeadBytes;
        for (var t = 0; t < _cache.Count; t++)
        {
            _cache.CopyHeads((byte*)_present.Address(t, row) + newest, _present.Length, (byte*)_cache.Address(t, row) + offset, _cache.Length, 1);
        }

        _used[row] = position + 1;
    }

    // Grows by a quarter at least, so that copying costs little per generated token.
    private void EnsureRegion(int positions)
    {
        if (positions > _cache.Length)
        {
            Replace(RoundUp(Math.Max(positions, Math.Min(_cache.Length + (_cache.Length / 4), MaxLength))));
        }
    }

    private void Replace(int region)
    {
        ClearBindings();
        var old = _cache;
        _present.Dispose();
        _mask.Dispose();
        (_cache, _present, _mask) = Allocate(region);
        for (var slot = 0; slot < Rows; slot++)
        {
            old.CopyTo(slot, _cache, slot, _used[slot]);
        }

        old.Dispose();
    }

    private (KvTensors Cache, KvTensors Present, AttentionMask Mask) Allocate(int region)
    {
        var mask = new AttentionMask(Rows, region + 1);
        for (var slot = 0; slot < Rows; slot++)
        {
            mask.Row(slot)[region] = 1;
        }

        return (Tensors(Rows, region), Tensors(Rows, region + 1), mask);
    }

    private KvTensors Tensors(int slots, int length) => new(
        Graph.Layers, slots, Graph.KeyValueHeads, length, Graph.HeadSize * PassBinding.ElementBytes(Graph.CacheType), clear: true);

    private void ClearBindings()
    {
        foreach (var binding in _decode)
        {
            binding?.Dispose();
        }

        Array.Clear(_decode);
    }

    private static int RoundUp(int positions) => (positions + RegionStep - 1) / RegionStep * RegionStep;
}
