namespace Foxtrot.Bench.Load;

/// <summary>Cuts a stream of bytes, however it arrives, into lines without copying them. Not thread-safe.</summary>
internal sealed class LineBuffer
{
    private const int LongestLine = 1 << 24;

    private byte[] _bytes = new byte[16 * 1024];
    private int _start;
    private int _searched;
    private int _end;

    /// <summary>Where the next bytes go; never empty.</summary>
    /// <exception cref="InvalidDataException">A line is longer than 16 MiB.</exception>
    public Memory<byte> Free()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            _end -= _start;
            _searched -= _start;
            _start = 0;
        }

        if (_end == _bytes.Length)
        {
            if (_end >= LongestLine)
            {
                throw new InvalidDataException($"a line of the reply is longer than {LongestLine} bytes");
            }

            Array.Resize(ref _bytes, 2 * _end);
        }

        return _bytes.AsMemory(_end);
    }

    /// <summary>Says how many bytes have been written to <see cref="Free"/>.</summary>
    public void Advance(int bytes) => _end += bytes;

    /// <summary>Takes the next whole line.</summary>
    /// <param name="line">Without its line break; valid until <see cref="Free"/> is called.</param>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        var length = _bytes.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        if (length < 0)
        {
            _searched = _end;
            line = default;
            return false;
        }

        line = _bytes.AsSpan(_start, _searched + length - _start);
        if (line.EndsWith((byte)'\r'))
        {
            line = line[..^1];
        }

        _start = _searched + length + 1;
        _searched = _start;
        return true;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _start = _searched = _end = 0;
}
