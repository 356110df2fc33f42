using System.Globalization;
using global::Onnx;
using Google.Protobuf;

namespace Foxtrot.Inference.Models.Onnx;

/// <summary>Reads an ONNX file but leaves its weights on disk.</summary>
/// <remarks>
/// Weights stored inside the file become references to that same file (location, offset, length), which ONNX Runtime maps from disk
/// as it does weights in a separate file. So a model of gigabytes is edited in a few megabytes of memory.
/// </remarks>
internal static class WeightReferences
{
    // Smaller tensors hold shapes and axes, which graph rewriting wants to see, and cost nothing to copy.
    private const long SmallestReference = 64 * 1024;

    // Field numbers of ModelProto, GraphProto and TensorProto in onnx.proto.
    private const int ModelGraph = 7;
    private const int GraphInitializer = 5;
    private const int TensorRawData = 9;

    /// <summary>The bytes of the model with each large weight's raw_data replaced by a reference to its own file.</summary>
    /// <param name="stream">The ONNX file, from its start.</param>
    /// <param name="fileName">What the references call it.</param>
    /// <exception cref="EndOfStreamException">A field ends after what encloses it.</exception>
    /// <exception cref="InvalidDataException">The file is no protobuf message.</exception>
    public static byte[] Read(FileStream stream, string fileName)
    {
        var reader = new ProtobufReader(stream);
        using var model = new MemoryStream();
        using var graph = new MemoryStream();
        while (reader.Position < stream.Length)
        {
            var start = reader.Position;
            var (field, wire) = reader.ReadTag();
            if (field == ModelGraph && wire == ProtobufReader.Delimited)
            {
                var length = reader.ReadLength(stream.Length);
                CopyGraph(reader, reader.Position + length, fileName, graph);
            }
            else
            {
                reader.Skip(wire, stream.Length);
                reader.Copy(start, reader.Position, model);
            }
        }

        WriteDelimited(model, ModelGraph, graph.GetBuffer().AsSpan(0, (int)graph.Length));
        return model.ToArray();
    }

    private static void CopyGraph(ProtobufReader reader, long end, string fileName, MemoryStream graph)
    {
        while (reader.Position < end)
        {
            var start = reader.Position;
            var (field, wire) = reader.ReadTag();
            if (field == GraphInitializer && wire == ProtobufReader.Delimited)
            {
                var length = reader.ReadLength(end);
                if (length >= SmallestReference)
                {
                    WriteDelimited(graph, GraphInitializer, Reference(reader, reader.Position + length, fileName).ToByteArray());
                    continue;
                }

                reader.Copy(start, reader.Position + length, graph);
                continue;
            }

            reader.Skip(wire, end);
            reader.Copy(start, reader.Position, graph);
        }
    }

    private static TensorProto Reference(ProtobufReader reader, long end, string fileName)
    {
        using var header = new MemoryStream();
        (long Offset, long Length)? raw = null;
        while (reader.Position < end)
        {
            var start = reader.Position;
            var (field, wire) = reader.ReadTag();
            if (field == TensorRawData && wire == ProtobufReader.Delimited)
            {
                var length = reader.ReadLength(end);
                raw = (reader.Position, length);
                reader.SkipTo(reader.Position + length);
            }
            else
            {
                reader.Skip(wire, end);
                reader.Copy(start, reader.Position, header);
            }
        }

        var tensor = TensorProto.Parser.ParseFrom(header.GetBuffer(), 0, (int)header.Length);
        if (raw is { } data)
        {
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = fileName });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = data.Offset.ToString(CultureInfo.InvariantCulture) });
            tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = data.Length.ToString(CultureInfo.InvariantCulture) });
        }

        return tensor;
    }

    private static void WriteDelimited(MemoryStream target, int field, ReadOnlySpan<byte> payload)
    {
        using var output = new CodedOutputStream(target, leaveOpen: true);
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(payload.Length);
        output.Flush();
        target.Write(payload);
    }
}
