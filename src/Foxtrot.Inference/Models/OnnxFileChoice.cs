namespace Foxtrot.Inference.Models;

/// <summary>Which of a folder's <c>*.onnx</c> files is the model.</summary>
/// <remarks>
/// In order: the file asked for; genai_config.json's <c>model.decoder.filename</c>; <c>model.onnx</c>; <c>onnx/model.onnx</c>;
/// the only file; the only one whose name does not say that its activations are quantised (<c>_quantized</c>, <c>_int8</c>, <c>_uint8</c>).
/// Anything else is for the user to choose, because such files differ in what they compute.
/// </remarks>
internal static class OnnxFileChoice
{
    private const string SubFolder = "onnx";

    public static string Choose(string folder, string? asked, string? decoderFile)
    {
        if (asked is not null)
        {
            return Existing(folder, asked) ?? throw new ModelException($"{folder}: there is no ONNX file {asked}; {Listing(folder)}");
        }

        if (decoderFile is not null)
        {
            return Existing(folder, decoderFile)
                ?? throw new ModelException($"{folder}: genai_config.json names model.decoder.filename {decoderFile}, which does not exist; {Listing(folder)}");
        }

        var files = Files(folder);
        foreach (var name in new[] { "model.onnx", SubFolder + "/model.onnx" })
        {
            if (files.Contains(name))
            {
                return Full(folder, name);
            }
        }

        if (files.Count == 1)
        {
            return Full(folder, files[0]);
        }

        var plain = files.FindAll(static name => !IsQuantizedByName(name));
        if (plain.Count == 1)
        {
            return Full(folder, plain[0]);
        }

        if (files.Exists(static name => name.EndsWith("decoder_model.onnx", StringComparison.Ordinal) || name.EndsWith("decoder_model_merged.onnx", StringComparison.Ordinal)))
        {
            throw new ModelException($"{folder}: the decoder is split into decoder_model / decoder_with_past_model files, which is not supported; export it as one model.onnx with past_key_values. Files: {string.Join(", ", files)}.");
        }

        throw new ModelException(files.Count == 0
            ? $"{folder}: there is no .onnx file, here or in {SubFolder}/."
            : $"{folder}: several ONNX files, choose one by name (--onnx-file): {string.Join(", ", files)}.");
    }

    private static bool IsQuantizedByName(string name)
    {
        var stem = Path.GetFileNameWithoutExtension(name);
        return stem.EndsWith("_quantized", StringComparison.Ordinal) || stem.EndsWith("_int8", StringComparison.Ordinal) || stem.EndsWith("_uint8", StringComparison.Ordinal);
    }

    private static string? Existing(string folder, string name)
    {
        foreach (var path in new[] { Full(folder, name), Full(folder, SubFolder + "/" + name) })
        {
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    private static string Full(string folder, string name) => Path.GetFullPath(Path.Combine(folder, name));

    private static string Listing(string folder)
    {
        var files = Files(folder);
        return files.Count == 0 ? "it has no .onnx file." : $"it has {string.Join(", ", files)}.";
    }

    private static List<string> Files(string folder)
    {
        var files = new List<string>();
        foreach (var (directory, prefix) in new[] { (folder, ""), (Path.Combine(folder, SubFolder), SubFolder + "/") })
        {
            if (Directory.Exists(directory))
            {
                var names = Array.ConvertAll(Directory.GetFiles(directory, "*.onnx"), path => prefix + Path.GetFileName(path));
                Array.Sort(names, StringComparer.Ordinal);
                files.AddRange(names);
            }
        }

        return files;
    }
}
