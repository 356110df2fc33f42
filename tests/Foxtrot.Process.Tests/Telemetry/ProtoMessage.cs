using Google.Protobuf;

namespace Foxtrot.Process.Tests.Telemetry;

/// <summary>A protobuf message of which only field numbers are known.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ByteString Bytes)> _fields = [];

    public ProtoMessage(ByteString bytes)
    {
        var input = bytes.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                _fields.Add((WireFormat.GetTagFieldNumber(tag), input.ReadBytes()));
            }
            else
            {
                input.SkipLastField();
            }
        }
    }

    /// <summary>All messages at the end of a path of field numbers.</summary>
    public IEnumerable<ProtoMessage> All(params ReadOnlySpan<int> path)
    {
        IEnumerable<ProtoMessage> messages = [this];
        foreach (var field in path)
        {
            messages = [.. messages.SelectMany(m => m._fields.Where(f => f.Field == field).Select(f => new ProtoMessage(f.Bytes)))];
        }

        return messages;
    }

    /// <summary>A text; empty when it is not there.</summary>
    public string Text(int field) => Bytes(field).ToStringUtf8();

    /// <summary>Bytes as lower-case hex; empty when they are not there.</summary>
    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

    private ByteString Bytes(int field) => _fields.LastOrDefault(f => f.Field == field).Bytes ?? ByteString.Empty;
}
