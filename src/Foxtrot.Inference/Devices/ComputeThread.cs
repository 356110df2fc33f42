using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Foxtrot.Inference.Models;

namespace Foxtrot.Inference.Devices;

/// <summary>Makes threads that compute on the CPU stand back behind those that serve.</summary>
/// <remarks>
/// On shared cores a request passes through half a dozen threads, each of which may find the cores taken by a forward pass and wait for
/// a slice of some milliseconds to end. Threads of a higher niceness are put aside for them; left alone they lose nothing. New threads
/// inherit the niceness of the one that makes them, on Linux, where it belongs to a thread. Elsewhere the priority is lowered where the
/// system has priorities of threads.
/// </remarks>
internal static partial class ComputeThread
{
    // A process for setpriority(2), which on Linux means a thread.
    private const int WhichThread = 0;
    private const uint Myself = 0;

    /// <summary>Sets the niceness of the calling thread; it can only be raised.</summary>
    /// <param name="niceness">0, which changes nothing, to <see cref="ModelLoadOptions.MostNiceness"/>; see nice(2).</param>
    public static void StandBack(int niceness)
    {
        if (niceness == 0)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            // Refused only where somebody forbids it; then nothing is lost but the wait for others.
            _ = SetPriority(WhichThread, Myself, niceness);
            return;
        }

        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }

    /// <summary>Makes something whose threads stand back: on a thread of its own, which they inherit from.</summary>
    /// <param name="niceness">Theirs, 0 to <see cref="ModelLoadOptions.MostNiceness"/>.</param>
    /// <param name="make">Makes it; what it throws is thrown here.</param>
    public static T Make<T>(int niceness, Func<T> make)
    {
        if (niceness == 0)
        {
            return make();
        }

        T made = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            StandBack(niceness);
            try
            {
                made = make();
            }
#pragma warning disable CA1031 // Everything is thrown again, on the thread that asked.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return made;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int niceness);
}
