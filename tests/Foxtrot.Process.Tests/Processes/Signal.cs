using System.Runtime.InteropServices;

namespace Foxtrot.Process.Tests.Processes;

/// <summary>The signals that the tests send, by their POSIX names.</summary>
internal enum Signal
{
    /// <summary>SIGKILL: gone at once.</summary>
    Kill,

    /// <summary>SIGTERM: leave in an orderly way.</summary>
    Terminate,

    /// <summary>SIGSTOP: hang.</summary>
    Stop,

    /// <summary>SIGCONT: go on.</summary>
    Continue,
}

/// <summary>Sends signals by process id.</summary>
internal static partial class Signals
{
    /// <summary>Sends a signal; false when there is no such process any more.</summary>
    public static bool Send(int pid, Signal signal) => Kill(pid, Number(signal)) == 0;

    // SIGSTOP and SIGCONT have other numbers on macOS.
    private static int Number(Signal signal) => signal switch
    {
        Signal.Kill => 9,
        Signal.Terminate => 15,
        Signal.Stop => OperatingSystem.IsMacOS() ? 17 : 19,
        Signal.Continue => OperatingSystem.IsMacOS() ? 19 : 18,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, null),
    };

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
