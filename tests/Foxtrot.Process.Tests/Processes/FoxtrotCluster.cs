using System.Collections.Concurrent;
using System.Globalization;

namespace Foxtrot.Process.Tests.Processes;

/// <summary>A cluster of real processes on this machine: Garnet, gateways and workers with the bundled model.</summary>
internal sealed class FoxtrotCluster : IAsyncDisposable
{
    /// <summary>Processes whose output is still of interest: a long test has gone through many.</summary>
    private const int Described = 8;

    private readonly ConcurrentQueue<FoxtrotProcess> _started = [];
    private readonly GarnetServer _garnet;
    private readonly int _slots;
    private readonly Dictionary<string, string> _environment = new()
    {
        // Clusters that share a Garnet must not meet, and neither must two runs of the tests.
        ["Orleans__ClusterId"] = $"foxtrot-{Guid.NewGuid():n}",
    };

    private int _count;

    private FoxtrotCluster(GarnetServer garnet, int slots)
    {
        _garnet = garnet;
        _slots = slots;
    }

    /// <summary>The gateway that clients use now.</summary>
    public FoxtrotProcess Gateway { get; set; } = null!;

    /// <summary>The workers that should be there now.</summary>
    public List<FoxtrotProcess> Workers { get; } = [];

    /// <summary>Where clients find the current gateway.</summary>
    public Uri Address => Gateway.Address ?? throw new InvalidOperationException($"The gateway named no address.{Environment.NewLine}{Gateway.Describe()}");

    /// <summary>Starts Garnet, one gateway and workers; returns once the gateway serves the model.</summary>
    /// <param name="workers">How many workers.</param>
    /// <param name="slots">Slots of each.</param>
    /// <param name="environment">Variables of all processes.</param>
    public static async Task<FoxtrotCluster> StartAsync(int workers, int slots, IReadOnlyDictionary<string, string>? environment = null)
    {
        var cluster = new FoxtrotCluster(await GarnetServer.StartAsync(), slots);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            cluster._environment[name] = value;
        }

        try
        {
            await cluster.StartProcessesAsync(workers);
            await cluster.WaitUntilServingAsync(cluster.Gateway);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more worker; it belongs to <see cref="Workers"/> once the caller adds it.</summary>
    public Task<FoxtrotProcess> StartWorkerAsync() => StartAsync("worker", "--slots", _slots.ToString(CultureInfo.InvariantCulture));

    /// <summary>Starts one more gateway; clients use it once the caller makes it <see cref="Gateway"/>.</summary>
    public Task<FoxtrotProcess> StartGatewayAsync() => StartAsync("gateway", "--urls", "http://127.0.0.1:0");

    /// <summary>Waits until a gateway says that it can serve requests.</summary>
    public async Task WaitUntilServingAsync(FoxtrotProcess gateway)
    {
        using var http = new HttpClient { BaseAddress = gateway.Address };
        await Deadline.Until(
            async () =>
            {
                using var health = await http.GetAsync("/health");
                return health.IsSuccessStatusCode;
            },
            $"/health of {gateway.Name} is good",
            Describe);
    }

    /// <summary>What the latest processes wrote last.</summary>
    public string Describe() =>
        string.Join(Environment.NewLine, _started.TakeLast(Described).Select(process => process.Describe()).Append(_garnet.Describe()));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_started.Select(process => process.DisposeAsync().AsTask()));
        await _garnet.DisposeAsync();
    }

    // Each waits for the others, so that one that is not ready is explained by what all of them wrote.
    private async Task StartProcessesAsync(int workers)
    {
        var starting = Task.WhenAll([StartGatewayAsync(), .. Enumerable.Range(0, workers).Select(_ => StartWorkerAsync())]);
        try
        {
            var processes = await starting;
            Gateway = processes[0];
            Workers.AddRange(processes[1..]);
        }
        catch (Exception)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, starting.Exception!.InnerExceptions.Select(failure => failure.Message).Append(Describe())));
        }
    }

    // Gateways with the limit of their manifest, so that a soak measures what is deployed.
    private async Task<FoxtrotProcess> StartAsync(string role, params string[] arguments)
    {
        var name = $"{role}-{Interlocked.Increment(ref _count)}";
        var environment = role == "gateway" ? new Dictionary<string, string>(_environment) { ["MALLOC_ARENA_MAX"] = "2" } : _environment;
        var process = await FoxtrotProcess.StartAsync(name, ["--role", role, "--redis", _garnet.Endpoint, .. arguments], environment);
        _started.Enqueue(process);
        return process;
    }
}
