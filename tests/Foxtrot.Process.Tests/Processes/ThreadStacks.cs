using System.Text.RegularExpressions;

namespace Foxtrot.Process.Tests.Processes;

/// <summary>Where a process's threads are, for messages about one that does nothing.</summary>
internal static partial class ThreadStacks
{
    private const int Frames = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>One line per thread that is busy or waits for something of the program's own: its innermost frames, innermost first.</summary>
    /// <param name="id">The process, which must be a running .NET program.</param>
    public static async Task<string> OfAsync(int id)
    {
        var lines = new List<string>();
        var program = await DotnetTool.PathAsync("dotnet-stack", "10.0.750501", "net8.0", "dotnet-stack.dll");
        await using var tool = ChildProcess.Start("dotnet-stack", "dotnet", [program, "report", "-p", $"{id}"], onLine: lines.Add);
        try
        {
            await Deadline.Within(tool.Exit, "dotnet-stack ends", limit: Patience);
        }
        catch (TimeoutException)
        {
            return $"--- threads of process {id}: it does not answer a debugger";
        }

        return string.Join(Environment.NewLine, Threads(lines).Prepend($"--- threads of process {id}:"));
    }

    /// <summary>Makes one line of every thread.</summary>
    /// <param name="report">What dotnet-stack wrote.</param>
    internal static IEnumerable<string> Threads(IEnumerable<string> report)
    {
        var thread = new List<string>();
        foreach (var line in report.Append("Thread"))
        {
            if (!line.StartsWith("Thread", StringComparison.Ordinal))
            {
                thread.Add(line.Trim());
                continue;
            }

            var frames = thread.Where(frame => frame.Contains('!')).Select(frame => Parameters().Replace(frame[(frame.IndexOf('!') + 1)..], "")).ToArray();
            if (frames.Length > 0 && !Idle().IsMatch(string.Join(' ', frames)))
            {
                yield return "  " + string.Join(" < ", frames.Take(Frames));
            }

            thread.Clear();
        }
    }

    [GeneratedRegex(@"\(.*$")]
    private static partial Regex Parameters();

    [GeneratedRegex(@"LowLevelLifoSemaphore\S* .*WorkerThreadStart|GateThreadStart|TimerThread|SocketAsyncEngine|DedicatedThreadPoolPipeScheduler")]
    private static partial Regex Idle();
}
