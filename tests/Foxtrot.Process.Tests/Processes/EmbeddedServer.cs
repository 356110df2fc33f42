using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Processes;

/// <summary>One process that is gateway and worker, as <c>foxtrot serve</c> starts it, for the tests of a class.</summary>
public sealed class EmbeddedServer : IAsyncLifetime
{
    private FoxtrotProcess? _process;

    /// <summary>Without a time limit; for requests by hand.</summary>
    internal HttpClient Http { get; } = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The server.</summary>
    internal FoxtrotProcess Process => _process!;

    /// <summary>Where it answers.</summary>
    internal Uri Address => Process.Address!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _process = await StartAsync(Reaper.NewFolder("data"));
        Http.BaseAddress = Address;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    /// <summary>Starts a server of its own, with its sessions in a folder.</summary>
    /// <param name="data">The folder.</param>
    /// <param name="arguments">Further arguments.</param>
    internal static async Task<FoxtrotProcess> StartAsync(string data, params string[] arguments)
    {
        // What each request cost is in the log at this level.
        var logging = new Dictionary<string, string> { ["Logging__LogLevel__Foxtrot"] = "Information" };
        var process = await FoxtrotProcess.StartAsync("server", ["--urls", "http://127.0.0.1:0", "--data", data, .. arguments], logging);
        if (process.Address is null)
        {
            var output = process.Describe();
            await process.DisposeAsync();
            throw new InvalidOperationException($"The server named no address.{Environment.NewLine}{output}");
        }

        return process;
    }

    /// <summary>Runs plans undisturbed.</summary>
    internal async Task<IReadOnlyList<StreamRecord>> RunAsync(params IReadOnlyList<StreamPlan> plans)
    {
        await using var run = new StreamRun(plans, () => Address);
        await Deadline.Within(run.Ended, "all streams end", () => run.Describe() + Environment.NewLine + Process.Describe());
        return run.Records;
    }
}
