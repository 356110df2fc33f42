using System.Diagnostics;
using System.Globalization;
using Foxtrot.Cluster.Hosting;
using StackExchange.Redis;

namespace Foxtrot.Cluster.Tests.Hosting;

/// <summary>A Garnet server, which speaks Redis's protocol, as a process of its own on a free port.</summary>
public sealed class Garnet : IAsyncLifetime
{
    private readonly string[] _scripts;
    private Process? _process;

    public Garnet()
        : this("--lua", "--lua-transaction-mode")
    {
    }

    internal Garnet(params string[] scripts) => _scripts = scripts;

    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await Dotnet("tool", "restore").WaitForExitAsync();
        var port = FreePorts.Take(1, Random.Shared)[0];
        _process = Dotnet(["tool", "run", "garnet-server", "--", "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--memory", "64m", "--index", "16m", "-q", .. _scripts]);
        ConnectionString = $"127.0.0.1:{port},connectRetry=60,connectTimeout=500,abortConnect=true";
        await AnswersAsync();
    }

    // However long it takes to start on a busy machine.
    private async Task AnswersAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            try
            {
                using var ready = await ConnectionMultiplexer.ConnectAsync(ConnectionString);
                return;
            }
            catch (RedisConnectionException) when (!_process!.HasExited && !deadline.IsCancellationRequested)
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static Process Dotnet(params string[] arguments)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Cluster.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The tests must run from inside the repository.");
        }

        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = root.FullName, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }
}
