using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Foxtrot.Inference.Devices;

/// <summary>Where a model runs: <c>cpu</c>, <c>cuda</c> (the first GPU) or <c>cuda:N</c>.</summary>
/// <param name="Kind">The provider.</param>
/// <param name="Index">Which GPU, from 0; 0 for the CPU.</param>
public readonly record struct Device(DeviceKind Kind, int Index)
{
    /// <summary>The CPU.</summary>
    public static Device Cpu { get; } = new(DeviceKind.Cpu, 0);

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>, N from 0 to 63, in any case.</summary>
    /// <returns>False for anything else.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Device device)
    {
        device = Cpu;
        if (string.Equals(text, "cpu", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (text is null || !text.StartsWith("cuda", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var index = 0;
        if (text.Length > 4 && (text[4] != ':' || !int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index) || index > 63))
        {
            return false;
        }

        device = new Device(DeviceKind.Cuda, index);
        return true;
    }

    /// <summary>Where tensors of this device live; a new object that the caller disposes.</summary>
    public OrtMemoryInfo CreateMemoryInfo() => Kind == DeviceKind.Cuda
        ? new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, Index, OrtMemType.Default)
        : new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);

    /// <summary>The text that <see cref="TryParse"/> reads: <c>cpu</c> or <c>cuda:N</c>.</summary>
    public override string ToString() => Kind == DeviceKind.Cpu ? "cpu" : string.Create(CultureInfo.InvariantCulture, $"cuda:{Index}");
}
