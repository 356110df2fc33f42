using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.Models;
using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.KvCache;

/// <summary>Slots in host memory.</summary>
internal sealed class HostKvStorage(ModelGraph graph, int slots, int length) : KvStorage
{
    private readonly KvTensors _tensors = new(
        graph.Layers, slots, graph.KeyValueHeads, length, graph.HeadSize * PassBinding.ElementBytes(graph.CacheType), clear: false);

    /// <inheritdoc/>
    public override OrtMemoryInfo Memory => OrtMemoryInfo.DefaultInstance;

    /// <inheritdoc/>
    public override nint Address(int tensor, int slot) => _tensors.Address(tensor, slot);

    /// <inheritdoc/>
    public override void Copy(int from, int to, int positions) => _tensors.Copy(from, to, positions);

    /// <inheritdoc/>
    public override void Swap(int a, int b, int positions) => _tensors.Swap(a, b, positions);

    protected override void Dispose(bool disposing) => _tensors.Dispose();
}
