using System.Globalization;
using global::Onnx;
using Google.Protobuf;

namespace Foxtrot.Inference.Models.Onnx;

/// <summary>An ONNX file read for editing: the graph in memory, every large weight left where it lies on disk.</summary>
internal sealed class OnnxModelFile
{
    private OnnxModelFile(string path, ModelProto model, ExternalData data)
    {
        Path = path;
        Model = model;
        ExternalFiles = data.Files;
        DataFolder = data.Folder;
    }

    /// <summary>The file, absolute.</summary>
    public string Path { get; }

    /// <summary>The model, without the bytes of large weights.</summary>
    public ModelProto Model { get; }

    /// <summary>Files beside the model that hold weights, as the graph names them, sorted, each once; not the model's own file.</summary>
    public IReadOnlyList<string> ExternalFiles { get; }

    /// <summary>The folder that the weights' locations are relative to, once links are followed.</summary>
    public string DataFolder { get; }

    /// <exception cref="ModelException">The file is missing, truncated or not an ONNX model, or weights it names are missing or outside its folder.</exception>
    public static OnnxModelFile Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024);
            RefuseLargeFilePointer(path, stream);
            var model = ModelProto.Parser.ParseFrom(WeightReferences.Read(stream, System.IO.Path.GetFileName(path)));
            if (model.Graph is null || model.Graph.Node.Count == 0)
            {
                throw new ModelException($"{path}: not an ONNX model: it has no graph.");
            }

            return new OnnxModelFile(path, model, ExternalData.Resolve(path, model.Graph));
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
}
