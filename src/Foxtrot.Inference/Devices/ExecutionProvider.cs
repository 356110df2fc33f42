using Foxtrot.Inference.Models;
using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.Devices;

/// <summary>Puts a device's execution provider into session options; a provider that is missing is an error, never a silent fall back to the CPU.</summary>
internal static class ExecutionProvider
{
    private const string CudaProvider = "CUDAExecutionProvider";

    /// <summary>Adds the provider that <paramref name="device"/> needs.</summary>
    /// <exception cref="ModelException">The build has no such provider, or its libraries or the GPU are missing.</exception>
    public static void Configure(SessionOptions options, Device device)
    {
        if (device.Kind == DeviceKind.Cpu)
        {
            return;
        }

        if (Array.IndexOf(OrtEnv.Instance().GetAvailableProviders(), CudaProvider) < 0)
        {
            throw new ModelException($"device {device}: this build has ONNX Runtime for the CPU only; build with -p:OnnxRuntimeFlavor=Gpu (package Microsoft.ML.OnnxRuntime.Gpu) and install the CUDA and cuDNN libraries that it names.");
        }

        try
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string>
            {
                ["device_id"] = device.Index.ToString(System.Globalization.CultureInfo.InvariantCulture),
                // TF32 would round fp32 products to 10 bits of mantissa.
                ["use_tf32"] = "0",
                ["arena_extend_strategy"] = "kSameAsRequested",
            });
            options.AppendExecutionProvider_CUDA(cuda);
        }
        catch (Exception error) when (error is OnnxRuntimeException or DllNotFoundException or EntryPointNotFoundException)
        {
            throw Unavailable(device, error);
        }
    }

    /// <summary>The error for a CUDA provider that is there but does not start.</summary>
    public static ModelException Unavailable(Device device, Exception error) =>
        new($"device {device}: the CUDA provider of Microsoft.ML.OnnxRuntime.Gpu does not start; it needs an NVIDIA driver, that GPU, and the CUDA and cuDNN libraries on the library path: {ModelException.FirstLine(error.Message)}", error);
}
