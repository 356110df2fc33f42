using System.Diagnostics;

namespace Foxtrot.Process.Tests.Processes;

/// <summary>Ends what a test run started and removes what it wrote, however the run ends.</summary>
/// <remarks>
/// A shell that reads process ids from a pipe whose other end is this process: when this process is gone, killed even, the pipe
/// ends, and the shell kills what is still listed and removes the run's folder.
/// </remarks>
internal static class Reaper
{
    private const string Script = """
        trap '' INT TERM HUP
        exec >/dev/null 2>&1
        pids=' '
        while read -r sign pid; do
            case $sign in
                +) pids="$pids$pid " ;;
                -) pids="${pids%% $pid *} ${pids#* $pid }" ;;
            esac
        done
        for pid in $pids; do kill -KILL "$pid"; done
        rm -rf "$1"
        """;

    private static readonly Lock Gate = new();

    // Before the pipe, whose shell is told it: initialisers run in this order.
    private static readonly string RunFolder = Directory.CreateTempSubdirectory("foxtrot-tests-").FullName;
    private static readonly StreamWriter Pipe = Start();

    /// <summary>The run's folder; everything in it goes with the run.</summary>
    public static string Folder => RunFolder;

    /// <summary>A new folder within it.</summary>
    public static string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(Folder, $"{name}-{Guid.NewGuid():n}")).FullName;

    /// <summary>Kills the process with this one.</summary>
    public static void Watch(int pid) => Say($"+ {pid}");

    /// <summary>The process has ended; its id may soon be another's.</summary>
    public static void Forget(int pid) => Say($"- {pid}");

    private static void Say(string line)
    {
        lock (Gate)
        {
            Pipe.WriteLine(line);
            Pipe.Flush();
        }
    }

    private static StreamWriter Start()
    {
        var shell = System.Diagnostics.Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", RunFolder])
        {
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        })!;
        return shell.StandardInput;
    }
}
