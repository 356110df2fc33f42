using Foxtrot.Inference.ForwardPass;

namespace Foxtrot.Inference.KvCache;

/// <summary>
/// The keys and values of every slot in host memory: per layer one key and one value tensor,
/// shape [slots, key/value heads, length, head size], row-major.
/// </summary>
/// <remarks>
/// A slot is one sequence's place. Copies move only the positions in use.
/// Owns its memory; one thread at a time.
/// </remarks>
internal sealed unsafe class KvTensors : IDisposable
{
    private readonly NativeBuffer[] _buffers;
    private NativeBuffer? _spare;

    /// <param name="layers">Number of layers; there are twice as many tensors.</param>
    /// <param name="slots">Sequences that fit.</param>
    /// <param name="heads">Key/value heads.</param>
    /// <param name="length">Positions per slot.</param>
    /// <param name="headBytes">Bytes of one head at one position: head size times element size.</param>
    /// <param name="clear">Zero the memory: needed where a kernel reads masked positions, since 0 × NaN is NaN.</param>
    public KvTensors(int layers, int slots, int heads, int length, int headBytes, bool clear)
    {
        Slots = slots;
        Heads = heads;
        Length = length;
        HeadBytes = headBytes;
        _buffers = new NativeBuffer[layers * 2];
        for (var i = 0; i < _buffers.Length; i++)
        {
            _buffers[i] = new NativeBuffer(SlotBytes * slots, clear);
        }
    }

    /// <summary>Sequences that fit.</summary>
    public int Slots { get; }

    /// <summary>Key/value heads.</summary>
    public int Heads { get; }

    /// <summary>Positions per slot.</summary>
    public int Length { get; }

    /// <summary>Bytes of one head at one position.</summary>
    public int HeadBytes { get; }

    /// <summary>Tensors: two per layer, keys at even and values at odd indices.</summary>
    public int Count => _buffers.Length;

    /// <summary>Bytes that one slot takes in one tensor.</summary>
    public long SlotBytes => (long)Heads * Length * HeadBytes;

    /// <summary>Address of a slot in a tensor.</summary>
    public nint Address(int tensor, int slot) => _buffers[tensor].Address + (nint)(slot * SlotBytes);

    /// <summary>Copies the first <paramref name="positions"/> positions of one slot over another.</summary>
    public void Copy(int from, int to, int positions)
    {
        for (var t = 0; t < Count; t++)
        {
            CopyHeads((byte*)Address(t, from), Length, (byte*)Address(t, to), Length, positions);
        }
    }

    /// <summary>Exchanges two slots; each has at most <paramref name="positions"/> positions in use.</summary>
    public void Swap(int a, int b, int positions)
    {
        _spare ??= new NativeBuffer(SlotBytes);
        var spare = (byte*)_spare.Address;
        for (var t = 0; t < Count; t++)
        {
            CopyHeads((byte*)Address(t, a), Length, spare, Length, positions);
            CopyHeads((byte*)Address(t, b), Length, (byte*)Address(t, a), Length, positions);
            CopyHeads(spare, Length, (byte*)Address(t, b), Length, positions);
        }
    }

    /// <summary>Copies a slot's first positions into tensors of another length (a larger region, or a gapless past).</summary>
    public void CopyTo(int slot, KvTensors target, int targetSlot, int positions)
    {
        for (var t = 0; t < Count; t++)
        {
            CopyHeads((byte*)Address(t, slot), Length, (byte*)target.Address(t, targetSlot), target.Length, positions);
        }
    }

    /// <summary>Copies <paramref name="positions"/> positions per head between two [heads, length, head size] blocks.</summary>
    public void CopyHeads(byte* from, int fromLength, byte* to, int toLength, int positions)
    {
        var bytes = (long)positions * HeadBytes;
        for (var h = 0; h < Heads; h++)
        {
            Buffer.MemoryCopy(from + ((long)h * fromLength * HeadBytes), to + ((long)h * toLength * HeadBytes), bytes, bytes);
        }
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
        {
            buffer.Dispose();
        }

        _spare?.Dispose();
    }
}
