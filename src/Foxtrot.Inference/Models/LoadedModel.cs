using System.Globalization;
using Foxtrot.Inference.Devices;
using Foxtrot.Inference.Models.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.Models;

/// <summary>A model ready to run: an ONNX Runtime session on one device and the facts about its graph.</summary>
/// <remarks>Thread-safe as the session is: runs may overlap. Whoever loads it disposes it, after the last run. Weights are mapped from
/// disk, so its files must not change until then.</remarks>
public sealed class LoadedModel : IDisposable
{
    private readonly Lazy<string> _contentHash;

    private LoadedModel(InferenceSession session, ModelGraph graph, ModelFolder folder, Device device, int intraOpThreads, int niceness, TimeSpan? syntheticStep, IReadOnlyList<string> externalFiles)
    {
        Session = session;
        Graph = graph;
        Folder = folder;
        Device = device;
        IntraOpThreads = intraOpThreads;
        Niceness = niceness;
        SyntheticStep = syntheticStep;
        _contentHash = new(() => Models.ContentHash.Compute(folder, externalFiles));
    }

    /// <summary>The session; owned by this object.</summary>
    public InferenceSession Session { get; }

    /// <summary>What the session's graph takes and gives.</summary>
    public ModelGraph Graph { get; }

    /// <summary>Where it came from.</summary>
    public ModelFolder Folder { get; }

    /// <summary>Where it runs.</summary>
    public Device Device { get; }

    /// <summary>Threads that one operator uses on the CPU.</summary>
    public int IntraOpThreads { get; }

    /// <summary>How far the threads that compute stand back; 0 where they do not. See <see cref="ModelLoadOptions.Niceness"/>.</summary>
    public int Niceness { get; }

    /// <summary>How long engines wait instead of running the session; null when they run it. See <see cref="ModelLoadOptions.SyntheticStep"/>.</summary>
    public TimeSpan? SyntheticStep { get; }

    /// <summary>Longest sequence in tokens: the configuration's, cut to the graph's rotary table where that is shorter.</summary>
    public int ContextLength => Math.Min(Folder.Config.ContextLength, Graph.RotaryLength ?? int.MaxValue);

    /// <summary>SHA-256, in lower-case hex, over the ONNX file, its external data and the tokenizer; the folder's name and settings do not count.</summary>
    /// <remarks>Computed at the first reading, which takes about a second per gigabyte.</remarks>
    public string ContentHash => _contentHash.Value;

    /// <summary>Reads a folder's ONNX file, edits its graph and makes a session.</summary>
    /// <param name="folder">The folder, from <see cref="ModelFolder.Open"/>.</param>
    /// <param name="device">Where to run; a device that is not there is an error.</param>
    /// <param name="options">How to load; null is all defaults.</param>
    /// <exception cref="ModelException">The file is damaged or not a decoder that the engine can run, or the device is not there.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static LoadedModel Load(ModelFolder folder, Device device, ModelLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new ModelLoadOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.IntraOpThreads, nameof(options.IntraOpThreads));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.IntraOpThreads, 1024, nameof(options.IntraOpThreads));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Niceness, nameof(options.Niceness));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Niceness, ModelLoadOptions.MostNiceness, nameof(options.Niceness));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SyntheticStep ?? TimeSpan.Zero, TimeSpan.Zero, nameof(options.SyntheticStep));

        var file = OnnxModelFile.Read(folder.OnnxFile);
        var graph = GraphReader.Read(file, folder, options.EditLogitRows);
        if (device.Kind == DeviceKind.Cpu && graph.RotaryInAttention && graph.HeadSize % 16 != 0)
        {
            throw new ModelException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Path}: GroupQueryAttention with do_rotary=1 and head size {graph.HeadSize}: the CPU needs a multiple of 16; export it with a separate RotaryEmbedding."));
        }

        var threads = SessionFactory.Threads(file.Path, graph, options);
        var niceness = device.Kind == DeviceKind.Cpu ? options.Niceness : 0;
        var session = ComputeThread.Make(niceness, () => SessionFactory.Create(file, device, threads, options));
        return new LoadedModel(session, graph, folder, device, threads, niceness, options.SyntheticStep, file.ExternalFiles);
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();
}
