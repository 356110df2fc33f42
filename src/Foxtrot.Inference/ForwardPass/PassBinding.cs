using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Foxtrot.Inference.ForwardPass;

/// <summary>The inputs and outputs of one shape of forward pass, bound once to memory that outlives the binding.</summary>
/// <remarks>Running it again costs microseconds and no managed memory. Owns the tensor headers, not what they point to.</remarks>
internal sealed class PassBinding(InferenceSession session) : IDisposable
{
    private readonly OrtIoBinding _binding = session.CreateIoBinding();
    private readonly List<OrtValue> _values = [];

    /// <summary>Binds an input to memory.</summary>
    public void Input(string name, OrtMemoryInfo memory, TensorElementType type, nint address, params long[] shape) =>
        _binding.BindInput(name, Tensor(memory, type, address, shape));

    /// <summary>Binds an output to memory.</summary>
    public void Output(string name, OrtMemoryInfo memory, TensorElementType type, nint address, params long[] shape) =>
        _binding.BindOutput(name, Tensor(memory, type, address, shape));

    /// <summary>Runs the pass and waits for its outputs.</summary>
    /// <exception cref="PassInterruptedException">Another thread stopped it.</exception>
    public void Run(PassControl control)
    {
        try
        {
            session.RunWithBinding(control.Options, _binding);
        }
        catch (OnnxRuntimeException error) when (control.IsInterrupted)
        {
            throw new PassInterruptedException(error);
        }

        _binding.SynchronizeBoundOutputs();
    }

    public void Dispose()
    {
        _binding.Dispose();
        foreach (var value in _values)
        {
            value.Dispose();
        }
    }

    private OrtValue Tensor(OrtMemoryInfo memory, TensorElementType type, nint address, long[] shape)
    {
        long bytes = ElementBytes(type);
        foreach (var dimension in shape)
        {
            bytes *= dimension;
        }

        var value = OrtValue.CreateTensorValueWithData(memory, type, shape, address, bytes);
        _values.Add(value);
        return value;
    }

    /// <summary>Bytes of one element of the types that passes use.</summary>
    public static int ElementBytes(TensorElementType type) => type switch
    {
        TensorElementType.Float or TensorElementType.Int32 => 4,
        TensorElementType.Float16 => 2,
        TensorElementType.Int64 => 8,
        _ => throw new NotSupportedException($"element type {type} cannot be bound"),
    };
}
