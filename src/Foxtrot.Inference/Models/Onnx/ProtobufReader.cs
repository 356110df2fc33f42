namespace Foxtrot.Inference.Models.Onnx;

/// <summary>Walks the fields of protobuf messages in a file without reading what it steps over.</summary>
/// <remarks>Wire format: https://protobuf.dev/programming-guides/encoding. Not thread-safe; the caller owns the stream.</remarks>
internal sealed class ProtobufReader(Stream stream)
{
    /// <summary>A field's payload is a number.</summary>
    public const int Varint = 0;

    /// <summary>A field's payload is bytes with a length before them: a string, bytes, a message or packed numbers.</summary>
    public const int Delimited = 2;

    public long Position => stream.Position;

    /// <summary>The next field's number and wire type.</summary>
    /// <exception cref="InvalidDataException">These bytes are no protobuf field.</exception>
    public (int Field, int Wire) ReadTag()
    {
        var tag = ReadVarint();
        var field = (long)(tag >> 3);
        var wire = (int)(tag & 7);
        return field is > 0 and < 1 << 29 && wire is 0 or 1 or 2 or 5
            ? ((int)field, wire)
            : throw new InvalidDataException($"no protobuf field starts at byte {stream.Position}");
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = stream.ReadByte();
            if (next < 0)
            {
                throw new EndOfStreamException();
            }

            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return value;
            }
        }

        throw new InvalidDataException($"no protobuf number ends at byte {stream.Position}");
    }

    /// <summary>The length of a delimited field, checked against the end of what encloses it.</summary>
    public long ReadLength(long end)
    {
        var length = ReadVarint();
        return length <= (ulong)(end - stream.Position) ? (long)length : throw new EndOfStreamException();
    }

    /// <summary>Steps over a field's payload.</summary>
    public void Skip(int wire, long end)
    {
        switch (wire)
        {
            case Varint:
                ReadVarint();
                break;
            case Delimited:
                var length = ReadLength(end);
                stream.Position += length;
                break;
            default:
                stream.Position += wire == 1 ? 8 : 4;
                break;
        }

        if (stream.Position > end)
        {
            throw new EndOfStreamException();
        }
    }

    /// <summary>Steps to a position that is known to be inside the file.</summary>
    public void SkipTo(long position) => stream.Position = position;

    /// <summary>Copies a stretch of the file.</summary>
    public void Copy(long start, long end, Stream target)
    {
        Span<byte> buffer = stackalloc byte[4096];
        stream.Position = start;
        while (stream.Position < end)
        {
            var piece = buffer[..(int)Math.Min(buffer.Length, end - stream.Position)];
            stream.ReadExactly(piece);
            target.Write(piece);
        }
    }
}
