using System.Globalization;
using global::Onnx;

namespace Foxtrot.Inference.Models.Onnx;

/// <summary>Where a model's weights lie on disk.</summary>
/// <param name="Files">Files beside the model, as the graph names them, sorted, each once; not the model's own file.</param>
/// <param name="Folder">The folder that the locations in the graph are relative to, once links are followed.</param>
internal readonly record struct ExternalData(IReadOnlyList<string> Files, string Folder)
{
    public static ExternalData Resolve(string path, GraphProto graph)
    {
        var folder = Path.GetDirectoryName(path)!;
        var own = Path.GetFileName(path);
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

        var targets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (location, (end, tensor)) in needed)
        {
            var file = new FileInfo(Path.Combine(folder, location));
            if (!file.Exists)
            {
                throw new ModelException($"{path}: the weights of tensor {tensor} are in {location}, which is not in {folder}.");
            }

            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            if (target.Length < end)
            {
                throw new ModelException(string.Create(CultureInfo.InvariantCulture, $"{file.FullName}: truncated: tensor {tensor} ends at byte {end}, the file at {target.Length}."));
            }

            targets[location] = target.FullName;
        }

        var files = needed.Keys.Where(location => location != own).ToList();
        return new ExternalData(files, FollowLinks(path, folder, graph, targets));
    }

    /// <summary>
    /// Makes the graph name the files that links lead to. The Hugging Face cache keeps folders of links to one folder of files,
    /// and ONNX Runtime refuses a location whose real path is outside the folder it is given.
    /// </summary>
    private static string FollowLinks(string path, string folder, GraphProto graph, Dictionary<string, string> targets)
    {
        if (targets.All(target => target.Value == Path.GetFullPath(Path.Combine(folder, target.Key))))
        {
            return folder;
        }

        var folders = targets.Values.Select(target => Path.GetDirectoryName(target)!).Distinct(StringComparer.Ordinal).ToList();
        if (folders.Count > 1)
        {
            throw new ModelException($"{path}: its weights are links into several folders ({string.Join(", ", folders)}); put the files into one.");
        }

        foreach (var tensor in graph.Initializer)
        {
            foreach (var entry in tensor.ExternalData)
            {
                if (entry.Key == "location" && tensor.DataLocation == TensorProto.Types.DataLocation.External)
                {
                    entry.Value = Path.GetFileName(targets[entry.Value]);
                }
            }
        }

        return folders[0];
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
        var escapes = Path.IsPathRooted(location) || location.Contains(':', StringComparison.Ordinal) || location.Any(char.IsControl)
            || Array.Exists(location.Split('/', '\\'), static part => part == "..");
        return escapes
            ? throw new ModelException($"{path}: tensor {tensor.Name}: external_data location {location} leaves the model's folder.")
            : (location, offset > long.MaxValue - length ? long.MaxValue : offset + length);
    }
}
