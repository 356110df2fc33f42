using IoPath = System.IO.Path;

namespace Foxtrot.Inference.Models;

/// <summary>A model folder as Hugging Face or the onnxruntime-genai builder lays it out: configuration files, a tokenizer, one or more <c>*.onnx</c> files.</summary>
/// <remarks>Immutable; read once, by <see cref="Open"/>, without ONNX Runtime.</remarks>
public sealed record ModelFolder
{
    /// <summary>The folder, absolute.</summary>
    public required string Path { get; init; }

    /// <summary>What the model is called: the folder's name unless changed.</summary>
    public required string Name { get; init; }

    /// <summary>The chosen ONNX file, absolute.</summary>
    public required string OnnxFile { get; init; }

    /// <summary>The architecture, from config.json or genai_config.json.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>Recommended sampling and the end-of-text tokens.</summary>
    public required GenerationDefaults Generation { get; init; }

    /// <summary>Named Jinja chat templates; usually one, "default", or none.</summary>
    public IReadOnlyDictionary<string, string> ChatTemplates { get; init; } = new Dictionary<string, string>();

    /// <summary>The default Jinja chat template; null when the folder has none.</summary>
    public string? ChatTemplate => ChatTemplates.GetValueOrDefault("default");

    /// <summary>genai_config.json, when there is one.</summary>
    internal GenaiConfig? Genai { get; init; }

    /// <summary>Reads a folder's configuration and chooses its ONNX file; the file itself is not read.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="onnxFile">An ONNX file relative to the folder or to its <c>onnx/</c> subfolder; null chooses: genai_config.json's
    /// decoder, <c>model.onnx</c>, <c>onnx/model.onnx</c>, the only file, the only one not named <c>*_quantized</c>, <c>*_int8</c> or <c>*_uint8</c>.</param>
    /// <exception cref="ModelException">The folder, a file or a field is missing or wrong, or the choice is not unique.</exception>
    public static ModelFolder Open(string path, string? onnxFile = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var folder = IoPath.TrimEndingDirectorySeparator(IoPath.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new ModelException(File.Exists(folder)
                ? $"{folder}: is a file; name the folder that holds it, and the file with --onnx-file."
                : $"{folder}: there is no such folder.");
        }

        var genai = GenaiConfig.Read(folder);
        var config = ModelConfig.Read(folder, genai);
        return new ModelFolder
        {
            Path = folder,
            Name = IoPath.GetFileName(folder),
            OnnxFile = OnnxFileChoice.Choose(folder, onnxFile, genai?.DecoderFile),
            Config = config,
            Generation = GenerationDefaults.Read(folder, config, genai),
            ChatTemplates = Models.ChatTemplates.Read(folder),
            Genai = genai,
        };
    }
}
