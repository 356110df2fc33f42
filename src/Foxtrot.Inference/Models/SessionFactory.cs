using System.Globalization;
using Foxtrot.Inference.Devices;
using Foxtrot.Inference.Models.Onnx;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.Models;

/// <summary>Makes ONNX Runtime sessions with the settings that keep a row's bits free of its company.</summary>
/// <remarks>Never set here: <c>session.disable_prepacking</c>, which gives a row alone another kernel than the same row in a batch.</remarks>
internal static class SessionFactory
{
    /// <summary>The number of threads for one operator.</summary>
    /// <exception cref="ModelException">More were asked for than the model has query heads.</exception>
    public static int Threads(string file, ModelGraph graph, ModelLoadOptions options)
    {
        var heads = graph.QueryHeads ?? int.MaxValue;
        if (options.IntraOpThreads > heads)
        {
            throw new ModelException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file}: {options.IntraOpThreads} threads for {heads} query heads: beyond one thread per head attention splits its sums, and the bits depend on the batch; use at most {heads}."));
        }

        return options.IntraOpThreads > 0 ? options.IntraOpThreads : Math.Min(Math.Min(2, Environment.ProcessorCount), heads);
    }

    /// <summary>A session over an edited model; its weights are mapped from disk.</summary>
    /// <exception cref="ModelException">ONNX Runtime refuses the model, or the device is not there.</exception>
    public static InferenceSession Create(OnnxModelFile file, Device device, int threads, ModelLoadOptions options)
    {
        using var session = new SessionOptions
        {
            GraphOptimizationLevel = options.Optimization,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            // Errors come as exceptions; printed besides, they would break one-line messages.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            // A pattern is kept for every combination of input shapes ever seen; here those never end.
            EnableMemoryPattern = false,
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
        session.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", file.DataFolder);
        ExecutionProvider.Configure(session, device);
        try
        {
            return new InferenceSession(file.Model.ToByteArray(), session);
        }
        catch (Exception error) when (error is OnnxRuntimeException or DllNotFoundException)
        {
            throw device.Kind == DeviceKind.Cuda && error.Message.Contains("CUDA", StringComparison.OrdinalIgnoreCase)
                ? ExecutionProvider.Unavailable(device, error)
                : new ModelException($"{file.Path}: ONNX Runtime cannot load it: {ModelException.FirstLine(error.Message)}", error);
        }
    }
}
