using System.Runtime.InteropServices;

namespace Foxtrot.Inference.ForwardPass;

/// <summary>A block of memory outside the garbage-collected heap that tensors are laid over, 64-byte aligned.</summary>
/// <remarks>Owned by whoever made it; pages are touched on first use unless cleared. Not thread-safe.</remarks>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const nuint Alignment = 64;
    private void* _pointer;

    /// <param name="bytes">Size in bytes; 0 makes an empty buffer with a valid address.</param>
    /// <param name="clear">Whether the memory starts as zeros.</param>
    public NativeBuffer(long bytes, bool clear = false)
    {
        Bytes = bytes;
        _pointer = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Alignment);
        if (clear)
        {
            NativeMemory.Clear(_pointer, (nuint)bytes);
        }
    }

    ~NativeBuffer() => Free();

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Address of the first byte.</summary>
    public nint Address => (nint)_pointer;

    /// <summary>The first <paramref name="count"/> elements as a span.</summary>
    public Span<T> AsSpan<T>(int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)count * sizeof(T), Bytes);
        return new Span<T>(_pointer, count);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }
}
