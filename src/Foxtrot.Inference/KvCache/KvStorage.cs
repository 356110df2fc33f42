using Foxtrot.Inference.Devices;
using Foxtrot.Inference.Models;
using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.KvCache;

/// <summary>
/// The keys and values of every slot on the device that the model runs on: per layer one key and one value tensor,
/// [slots, key/value heads, length, head size], which the passes read and write in place.
/// </summary>
internal abstract class KvStorage : IDisposable
{
    /// <summary>Which memory the addresses lie in.</summary>
    public abstract OrtMemoryInfo Memory { get; }

    /// <summary>Address of a slot in a tensor; tensor 2·layer is the key, 2·layer + 1 the value.</summary>
    public abstract nint Address(int tensor, int slot);

    /// <summary>Copies the first positions of one slot over another.</summary>
    public abstract void Copy(int from, int to, int positions);

    /// <summary>Exchanges two slots, each with at most <paramref name="positions"/> positions in use.</summary>
    public abstract void Swap(int a, int b, int positions);

    /// <summary>Makes the storage for a model: host memory for the CPU, device memory elsewhere.</summary>
    public static KvStorage Create(LoadedModel model, int slots, int length) => model.Device.Kind == DeviceKind.Cpu
        ? new HostKvStorage(model.Graph, slots, length)
        : new DeviceKvStorage(model, slots, length);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
