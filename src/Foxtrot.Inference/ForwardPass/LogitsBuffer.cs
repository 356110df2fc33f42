using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Foxtrot.Inference.ForwardPass;

/// <summary>Where a pass writes its logits, and their fp32 form: [rows, vocabulary].</summary>
/// <remarks>fp32 logits are used in place; fp16 logits are widened, which is exact.</remarks>
internal sealed class LogitsBuffer : IDisposable
{
    private readonly int _vocabulary;
    private readonly TensorElementType _type;
    private NativeBuffer _raw = new(0);
    private NativeBuffer _single = new(0);

    public LogitsBuffer(TensorElementType type, int vocabulary)
    {
        _type = type;
        _vocabulary = vocabulary;
    }

    /// <summary>Address to bind for output; changes only when <see cref="Reserve"/> grows the buffer.</summary>
    public nint Address => _raw.Address;

    /// <summary>Makes room for a number of rows.</summary>
    /// <returns>Whether the address changed, so that bindings to it are void.</returns>
    public bool Reserve(int rows)
    {
        var bytes = (long)rows * _vocabulary * PassBinding.ElementBytes(_type);
        if (bytes <= _raw.Bytes)
        {
            return false;
        }

        _raw.Dispose();
        _raw = new NativeBuffer(bytes);
        if (_type != TensorElementType.Float)
        {
            _single.Dispose();
            _single = new NativeBuffer((long)rows * _vocabulary * sizeof(float));
        }

        return true;
    }

    /// <summary>The rows of the last pass in fp32.</summary>
    public Span<float> Read(int rows)
    {
        var single = Single(rows);
        if (_type != TensorElementType.Float)
        {
            TensorPrimitives.ConvertToSingle(_raw.AsSpan<Half>(single.Length), single);
        }

        return single;
    }

    /// <summary>The fp32 rows as they lie, without reading the last pass.</summary>
    public Span<float> Single(int rows) =>
        (_type == TensorElementType.Float ? _raw : _single).AsSpan<float>(checked(rows * _vocabulary));

    public void Dispose()
    {
        _raw.Dispose();
        _single.Dispose();
    }
}
