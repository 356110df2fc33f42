using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Foxtrot.Bench;

/// <summary>What a timing must be read with: the processor and the runtime that it was taken on.</summary>
/// <param name="Cpu">Model name of the processor, or its architecture where the system does not say.</param>
/// <param name="LogicalCores">Processors that this process may use.</param>
/// <param name="Os">Operating system and version.</param>
/// <param name="Dotnet">.NET runtime version.</param>
/// <param name="VectorBits">Width of the widest vector that the just-in-time compiler uses here: 512, 256, 128, or 0 without vectors.</param>
public sealed record MachineDescription(string Cpu, int LogicalCores, string Os, string Dotnet, int VectorBits)
{
    private const string LinuxCpuInfo = "/proc/cpuinfo";

    /// <summary>This machine.</summary>
    public static MachineDescription Current() => new(
        CpuModel(),
        Environment.ProcessorCount,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0);

    /// <summary>One line for people.</summary>
    public override string ToString() => $"{Cpu}, {LogicalCores} logical cores, {Os}, {Dotnet}, {VectorBits}-bit vectors";

    private static string CpuModel()
    {
        if (File.Exists(LinuxCpuInfo))
        {
            var line = File.ReadLines(LinuxCpuInfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            if (line is not null)
            {
                return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            }
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
