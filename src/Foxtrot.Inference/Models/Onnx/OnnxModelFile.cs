using System.Globalization;
using Google.Protobuf;
using global::Onnx;

namespace Foxtrot.Inference.Models.Onnx;

/// <summary>An ONNX file read for editing: the graph in memory, every large weight left where it lies on disk.</summary>
/// <remarks>
/// Weights stored inside the file are turned into references to that same file (location, offset, length), so that ONNX Runtime
/// maps them from disk as it does weights in a separate file, and a graph of gigabytes is edited in a few megabytes of memory.
/// </remarks>
internal sealed class OnnxModelFile
{
    // Smaller tensors hold shapes and axes, which graph rewriting wants to see, and cost nothing to copy.
    private const long SmallestReference = 64 * 1024;

    // Field numbers of ModelProto, GraphProto and TensorProto in onnx.proto.
    private const int ModelGraph = 7;
    private const int GraphInitializer = 5;
    private const int TensorRawData = 9;

    private OnnxModelFile(string path, ModelProto model, IReadOnlyList<string> externalFiles)
    {
        Path = path;
        Model = model;
        ExternalFiles = externalFiles;
    }

    /// <summary>The file, absolute.</summary>
    public string Path { get; }

    /// <summary>The model, without the bytes of large weights.</summary>
    public ModelProto Model { get; }

    /// <summary>Files beside the model that hold weights, as the graph names them, sorted, each once; not the model's own file.</summary>
    public IReadOnlyList<string> ExternalFiles { get; }

    /// <exception cref="ModelException">The file is missing, truncated or not an ONNX model, or weights it names are missing or outside its folder.</exception>
    public static OnnxModelFile Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024);
            RefuseLargeFilePointer(path, stream);
            var model = ModelProto.Parser.ParseFrom(WithReferences(stream, System.IO.Path.GetFileName(path)));
            if (model.Graph is null || model.Graph.Node.Count == 0)
            {
                throw new ModelException($"{path}: not an ONNX model: it has no graph.");
            }

            return new OnnxModelFile(path, model, ExternalFilesOf(path, model.Graph));
        }
        catch (EndOfStreamException error)
        {
            throw new ModelException($"{path}: truncated: a field ends after the end of the file ({new FileInfo(path).Length.ToString(CultureInfo.InvariantCulture)} bytes).", error);
        }
        catch (Exception error) when (error is InvalidDataException or InvalidProtocolBufferException)
        {
            throw new ModelException($"{path}: not an ONNX model, or damaged: {ModelException.FirstLine(error.Message)}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path}: cannot be read: {ModelException.FirstLine(error.Message)}", error);
        }
    }

    private static void RefuseLargeFilePointer(string path, FileStream stream)
    {
        var expected = "version https://git-lfs"u8;
        Span<byte> start = stackalloc byte[23];
        var read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (read == 0)
        {
            throw new ModelException($"{path}: the file is empty.");
        }

        if (start[..read].SequenceEqual(expected))
        {
            throw new ModelException($"{path}: a Git LFS pointer, not the model itself; fetch it with 'git lfs pull'.");
        }
    }

    /// <summary>The model's bytes with each large weight's raw_data replaced by a reference to this file.</summary>
    private static byte[] WithReferences(FileStream stream, string fileName)
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

    private static List<string> ExternalFilesOf(string path, GraphProto graph)
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        var own = System.IO.Path.GetFileName(path);
        var needed = new SortedDictionary<string, (long End, string Tensor)>(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializer)
        {
            if (tensor.DataLocation != TensorProto.Types.DataLocation.External)
            {
                continue;
            }

            var (location, end) = LocationOf(path, tensor);
            if (!needed.TryGetValue(location, out var known) || known.End < end)
            {
                needed[location] = (end, tensor.Name);
            }
        }

        foreach (var (location, (end, tensor)) in needed)
        {
            var file = new FileInfo(System.IO.Path.Combine(folder, location));
            if (!file.Exists)
            {
                throw new ModelException($"{path}: the weights of tensor {tensor} are in {location}, which is not in {folder}.");
            }

            // A link (as in the Hugging Face cache) has its own length.
            var length = file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;
            if (length < end)
            {
                throw new ModelException(string.Create(CultureInfo.InvariantCulture, $"{file.FullName}: truncated: tensor {tensor} ends at byte {end}, the file at {length}."));
            }
        }

        needed.Remove(own);
        return [.. needed.Keys];
    }

    private static (string Location, long End) LocationOf(string path, TensorProto tensor)
    {
        string? location = null;
        long offset = 0;
        long length = 0;
        foreach (var entry in tensor.ExternalData)
        {
            var valid = true;
            switch (entry.Key)
            {
                case "location":
                    location = entry.Value;
                    break;
                case "offset":
                    valid = long.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out offset);
                    break;
                case "length":
                    valid = long.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out length);
                    break;
            }

            if (!valid)
            {
                throw new ModelException($"{path}: tensor {tensor.Name}: external_data {entry.Key} must be a whole number of at least 0, not {entry.Value}.");
            }
        }

        if (string.IsNullOrEmpty(location))
        {
            throw new ModelException($"{path}: tensor {tensor.Name}: external_data has no location.");
        }

        // Weights are read with the rights of this process: a downloaded model may name only files of its own folder.
        var escapes = System.IO.Path.IsPathRooted(location) || location.Contains(':', StringComparison.Ordinal)
            || Array.Exists(location.Split('/', '\\'), static part => part == "..");
        return escapes
            ? throw new ModelException($"{path}: tensor {tensor.Name}: external_data location {location} leaves the model's folder.")
            : (location, offset > long.MaxValue - length ? long.MaxValue : offset + length);
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
