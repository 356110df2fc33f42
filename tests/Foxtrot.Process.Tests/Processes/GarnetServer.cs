using System.Net;
using System.Net.Sockets;

namespace Foxtrot.Process.Tests.Processes;

/// <summary>A Garnet server, which speaks Redis, from the repository's tool manifest.</summary>
internal sealed class GarnetServer : IAsyncDisposable
{
    private const string Version = "2.2.8";
    private const string PackagesLine = "global-packages:";
    private static readonly Lazy<Task<string>> Program = new(RestoreAsync);
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
        var program = await Program.Value;
        var port = FreePort();
        string[] arguments =
        [
            program, "--bind", "127.0.0.1", "--port", $"{port}", "--lua", "-q",

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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // `dotnet garnet-server` would put a second process between this one and the server, which signals do not pass.
    private static async Task<string> RestoreAsync()
    {
        await RunAsync("tool", "restore");
        var locals = await RunAsync("nuget", "locals", "global-packages", "--list", "--force-english-output");
        var line = locals.Single(line => line.StartsWith(PackagesLine, StringComparison.Ordinal));
        var packages = line[PackagesLine.Length..].Trim();
        var program = Path.Combine(packages, "garnet-server", Version, "tools", "net10.0", "any", "GarnetServer.dll");
        return File.Exists(program) ? program : throw new FileNotFoundException($"`dotnet tool restore` left no garnet-server {Version}.", program);
    }

    private static async Task<List<string>> RunAsync(params string[] arguments)
    {
        var output = new List<string>();
        await using var process = ChildProcess.Start($"dotnet {arguments[0]}", "dotnet", arguments, folder: RepositoryRoot.Folder, onLine: output.Add);
        var exit = await Deadline.Within(process.Exit, $"dotnet {arguments[0]} ends", process.Describe, TimeSpan.FromMinutes(3));
        return exit == 0 ? output : throw new InvalidOperationException(process.Describe());
    }
}
