using System.Diagnostics;
using Foxtrot.Bench.Load;
using Foxtrot.Commands;

namespace Foxtrot.Bench.Scale;

/// <summary>A <c>foxtrot serve</c> that this process has started.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string ReadyLine = "foxtrot ready:";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _lastLine = "";

    private ServerProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Observe(e.Data);
        _process.ErrorDataReceived += (_, e) => Observe(e.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new LoadTargetException($"foxtrot serve ended before it was ready: {_lastLine}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it answers HTTP.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Processor time that it has used so far.</summary>
    /// <exception cref="LoadTargetException">It has ended.</exception>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? throw new LoadTargetException($"foxtrot serve has ended: {_lastLine}") : _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts a server; returns once it is ready.</summary>
    /// <param name="arguments">Behind <c>serve</c>.</param>
    /// <param name="environment">Variables beside this process's own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LoadTargetException">It does not become ready.</exception>
    public static async Task<ServerProcess> StartAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var start = Program();
        start.ArgumentList.Add("serve");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // What makes this process's clients cheaper is no setting of the servers.
        start.Environment.Remove(BenchLoadCommand.InlineCompletions);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(start);
        try
        {
            var line = await server._ready.Task.WaitAsync(Patience, cancellationToken);
            server.Address = new Uri(line.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal)) + "/");
            return server;
        }
        catch (Exception failure)
        {
            await server.DisposeAsync();
            throw failure is TimeoutException ? new LoadTargetException($"foxtrot serve was not ready after {Patience.TotalSeconds:0} s: {server._lastLine}") : failure;
        }
    }

    /// <summary>Kills it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // This program itself; where it runs inside another one, such as a test's host, its file beside it.
    private static ProcessStartInfo Program()
    {
        var host = Environment.ProcessPath;
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(host) == "foxtrot")
        {
            start.FileName = host!;
            return start;
        }

        start.FileName = Path.GetFileNameWithoutExtension(host) == "dotnet" ? host! : "dotnet";
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "foxtrot.dll"));
        return start;
    }

    private void Observe(string? line)
    {
        if (line is { Length: > 0 })
        {
            _lastLine = line;
            if (line.StartsWith(ReadyLine, StringComparison.Ordinal))
            {
                _ready.TrySetResult(line);
            }
        }
    }
}
