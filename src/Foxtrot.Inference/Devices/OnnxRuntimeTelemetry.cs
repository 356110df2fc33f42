using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Foxtrot.Inference.Devices;

/// <summary>Keeps ONNX Runtime from calling home.</summary>
/// <remarks>
/// Since 1.29 its builds for Linux and macOS report processes, models and errors to Microsoft, and keep a device's id in the user's
/// cache. <c>ORT_DISABLE_TELEMETRY=1</c> turns all of it off, when native code finds it before ONNX Runtime is first used; turning it
/// off by API would come after the first report. Who sets the variable themselves decides.
/// </remarks>
internal static partial class OnnxRuntimeTelemetry
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";

#pragma warning disable CA2255 // Whoever uses this library must have it off before the first native call, and there is no earlier place.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Disable()
    {
        // .NET's own SetEnvironmentVariable is not seen by native code here.
        if (!OperatingSystem.IsWindows())
        {
            _ = SetVariable(Variable, "1", overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
