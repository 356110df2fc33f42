using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Foxtrot.Inference.Models;

/// <summary>A name for what a model is, whatever its folder is called.</summary>
/// <remarks>
/// SHA-256 over, for each file in order: role, tab, length in bytes, line feed (UTF-8), then the file's bytes. Files: the ONNX file
/// (role "onnx"), its external data sorted by the name in the graph ("data:NAME"), then tokenizer.json ("tokenizer.json") and
/// tokenizer.model ("tokenizer.model") where they exist. Two models with the same hash turn the same text into the same logits.
/// </remarks>
internal static class ContentHash
{
    public static string Compute(ModelFolder folder, IReadOnlyList<string> externalFiles)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        Append(hash, buffer, "onnx", folder.OnnxFile);
        foreach (var name in externalFiles)
        {
            Append(hash, buffer, "data:" + name, Path.Combine(Path.GetDirectoryName(folder.OnnxFile)!, name));
        }

        foreach (var name in new[] { "tokenizer.json", "tokenizer.model" })
        {
            var path = Path.Combine(folder.Path, name);
            if (File.Exists(path))
            {
                Append(hash, buffer, name, path);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, byte[] buffer, string role, string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{role}\t{stream.Length}\n")));
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }
    }
}
