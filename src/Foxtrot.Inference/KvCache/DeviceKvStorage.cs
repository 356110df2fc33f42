using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Foxtrot.Inference.ForwardPass;
using Foxtrot.Inference.Models;
using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.KvCache;

/// <summary>Slots in the memory of an accelerator, allocated and copied by ONNX Runtime; one spare slot serves exchanges.</summary>
/// <remarks>Copies move whole slots: a slot is one contiguous block, its used part is not.</remarks>
internal sealed unsafe class DeviceKvStorage : KvStorage
{
    private readonly ModelGraph _graph;
    private readonly OrtAllocator _allocator;
    private readonly OrtValue[] _tensors;
    private readonly nint[] _addresses;
    private readonly int _spare;
    private readonly int _length;
    private readonly long _slotBytes;

    public DeviceKvStorage(LoadedModel model, int slots, int length)
    {
        _graph = model.Graph;
        _length = length;
        _spare = slots;
        _slotBytes = (long)_graph.KeyValueHeads * length * _graph.HeadSize * PassBinding.ElementBytes(_graph.CacheType);
        Memory = model.Device.CreateMemoryInfo();
        _allocator = new OrtAllocator(model.Session, Memory);
        _tensors = new OrtValue[_graph.Layers * 2];
        _addresses = new nint[_tensors.Length];
        for (var i = 0; i < _tensors.Length; i++)
        {
            _tensors[i] = OrtValue.CreateAllocatedTensorValue(_allocator, _graph.CacheType, [slots + 1, _graph.KeyValueHeads, length, _graph.HeadSize]);
            _addresses[i] = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(_tensors[i].GetTensorMutableRawData()));
        }
    }

    /// <inheritdoc/>
    public override OrtMemoryInfo Memory { get; }

    /// <inheritdoc/>
    public override nint Address(int tensor, int slot) => _addresses[tensor] + (nint)(slot * _slotBytes);

    /// <inheritdoc/>
    public override void Copy(int from, int to, int positions)
    {
        var sources = new OrtValue[_tensors.Length];
        var targets = new OrtValue[_tensors.Length];
        try
        {
            for (var i = 0; i < _tensors.Length; i++)
            {
                sources[i] = Slot(i, from);
                targets[i] = Slot(i, to);
            }

            OrtEnv.Instance().CopyTensors(sources, targets, null);
        }
        finally
        {
            Array.ForEach(sources, v => v?.Dispose());
            Array.ForEach(targets, v => v?.Dispose());
        }
    }

    /// <inheritdoc/>
    public override void Swap(int a, int b, int positions)
    {
        Copy(a, _spare, positions);
        Copy(b, a, positions);
        Copy(_spare, b, positions);
    }

    protected override void Dispose(bool disposing)
    {
        Array.ForEach(_tensors, v => v.Dispose());
        _allocator.Dispose();
        Memory.Dispose();
    }

    private OrtValue Slot(int tensor, int slot) => OrtValue.CreateTensorValueWithData(
        Memory, _graph.CacheType, [1, _graph.KeyValueHeads, _length, _graph.HeadSize], Address(tensor, slot), _slotBytes);
}
