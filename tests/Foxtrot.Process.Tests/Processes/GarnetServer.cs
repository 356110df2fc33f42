using System.Net;
using System.Net.Sockets;
using Foxtrot.Cluster.Hosting;

namespace Foxtrot.Process.Tests.Processes;

/// <summary>A Garnet server, which speaks Redis, from the repository's tool manifest.</summary>
internal sealed class GarnetServer : IAsyncDisposable
{
    private const string Version = "2.2.8";
    private readonly ChildProcess _process;

    private GarnetServer(ChildProcess process, int port)
    {
        _process = process;
        Endpoint = $"127.0.0.1:{port}";
    }

    /// <summary>Host and port, as a Redis client takes them.</summary>
    public string Endpoint { get; }

    /// <summary>Starts a server with empty storage; returns once it takes connections.</summary>
    /// <param name="password">What it asks for; null for nothing.</param>
    public static async Task<GarnetServer> StartAsync(string? password = null)
    {
        var program = await DotnetTool.PathAsync("garnet-server", Version, "net10.0", "GarnetServer.dll");
        var port = FreePorts.Take(1, Random.Shared)[0];
        string[] arguments =
        [
            program, "--bind", "127.0.0.1", "--port", $"{port}", "--lua", "--lua-transaction-mode", "-q",

            // Its own defaults are sized for a machine of its own: 16 GB of log, 128 MB of index.
            "--memory", "256m", "--page", "1m", "--index", "8m",
            .. password is null ? Array.Empty<string>() : ["--auth", "Password", "--password", password],
        ];
        var process = ChildProcess.Start(
            "garnet", "dotnet", arguments, new Dictionary<string, string> { ["DOTNET_gcServer"] = "0" }, Reaper.NewFolder("garnet"));
        try
        {
            await Deadline.Until(() => CanConnectAsync(process, port), "garnet takes connections", process.Describe);
            return new GarnetServer(process, port);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>What it wrote last.</summary>
    public string Describe() => _process.Describe();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<bool> CanConnectAsync(ChildProcess process, int port)
    {
        if (process.Exit.IsCompleted)
        {
            throw new InvalidOperationException(process.Describe());
        }

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
