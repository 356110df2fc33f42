using System.Diagnostics;
using System.Globalization;

namespace Foxtrot.Process.Tests.Processes;

/// <summary>A process that a test started: its output, signals and end.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly System.Diagnostics.Process _process;
    private readonly Action<string>? _onAnyLine;
    private readonly OutputTail _output = new();
    private readonly List<(Func<string, bool> Condition, TaskCompletionSource<string> Seen)> _waiting = [];

    private ChildProcess(string name, ProcessStartInfo start, Action<string>? onLine, Action<string>? onAnyLine)
    {
        Name = name;
        _onAnyLine = onAnyLine;
        _process = new System.Diagnostics.Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Observe(e.Data, onLine);
        _process.ErrorDataReceived += (_, e) => Observe(e.Data, null);
        _process.Start();
        Id = _process.Id;
        Reaper.Watch(Id);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Exit = ObserveExitAsync();
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>Its process id.</summary>
    public int Id { get; }

    /// <summary>Completes with the exit code when the process has ended and its output was read; 128 + n when signal n ended it.</summary>
    public Task<int> Exit { get; }

    /// <summary>Bytes of memory that it occupies now.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.AsSpan("VmRSS:".Length).Trim().TrimEnd("kB "), CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Files and sockets that it holds open now.</summary>
    public int OpenHandles => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>Starts a program.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="program">File to execute.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables beside this process's own.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="onLine">Sees each line of standard output.</param>
    /// <param name="onAnyLine">Sees each line of standard output and error.</param>
    public static ChildProcess Start(
        string name,
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null,
        Action<string>? onLine = null,
        Action<string>? onAnyLine = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Reaper.Folder,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        return new ChildProcess(name, start, onLine, onAnyLine);
    }

    /// <summary>Sends a signal.</summary>
    public void Send(Signal signal)
    {
        if (!Exit.IsCompleted)
        {
            Signals.Send(Id, signal);
        }
    }

    /// <summary>Completes with the first line, of those to come, that is like this.</summary>
    public Task<string> LineAsync(Func<string, bool> condition)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting)
        {
            _waiting.Add((condition, seen));
        }

        return seen.Task;
    }

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        Send(Signal.Kill);
        await Deadline.Within(Exit, $"{Name} is gone after kill -9");
    }

    /// <summary>What it wrote last, under its name.</summary>
    public string Describe()
    {
        var state = Exit.IsCompletedSuccessfully ? string.Create(CultureInfo.InvariantCulture, $"exited with {Exit.Result}") : "running";
        return $"--- {Name} (process {Id}, {state}), last lines:{Environment.NewLine}{_output}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task<int> ObserveExitAsync()
    {
        await _process.WaitForExitAsync();
        Reaper.Forget(Id);
        return _process.ExitCode;
    }

    private void Observe(string? line, Action<string>? onLine)
    {
        if (line is null)
        {
            return;
        }

        _output.Add(line);
        _onAnyLine?.Invoke(line);
        onLine?.Invoke(line);
        lock (_waiting)
        {
            _waiting.RemoveAll(waiting => waiting.Condition(line) && waiting.Seen.TrySetResult(line));
        }
    }
}
