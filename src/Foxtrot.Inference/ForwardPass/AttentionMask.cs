namespace Foxtrot.Inference.ForwardPass;

/// <summary>An <c>attention_mask</c> input kept between passes: [rows, width] of int64, ones first, zeros behind.</summary>
/// <remarks>Only the difference to the last pass is written. Owns its memory.</remarks>
internal sealed class AttentionMask : IDisposable
{
    private readonly NativeBuffer _buffer;
    private readonly int[] _ones;

    /// <param name="rows">Rows.</param>
    /// <param name="width">Entries per row.</param>
    public AttentionMask(int rows, int width)
    {
        Width = width;
        _ones = new int[rows];
        _buffer = new NativeBuffer((long)rows * width * sizeof(long), clear: true);
    }

    /// <summary>Entries per row.</summary>
    public int Width { get; }

    /// <summary>Address of the first row.</summary>
    public nint Address => _buffer.Address;

    /// <summary>Makes a row's first <paramref name="count"/> entries ones and the others zeros.</summary>
    public void SetOnes(int row, int count)
    {
        var entries = Row(row);
        var had = _ones[row];
        if (count > had)
        {
            entries[had..count].Fill(1);
        }
        else
        {
            entries[count..had].Clear();
        }

        _ones[row] = count;
    }

    /// <summary>One row, for marks that <see cref="SetOnes"/> does not know.</summary>
    public unsafe Span<long> Row(int row) => new((long*)_buffer.Address + ((long)row * Width), Width);

    public void Dispose() => _buffer.Dispose();
}
