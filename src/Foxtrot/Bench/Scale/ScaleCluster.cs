using System.Globalization;
using Foxtrot.Bench.Load;
using Foxtrot.Cluster.Tenants;
using StackExchange.Redis;

namespace Foxtrot.Bench.Scale;

/// <summary>A gateway and some workers on this machine, with names of their own in Redis, which go with them.</summary>
internal sealed class ScaleCluster : IAsyncDisposable
{
    private readonly string _id = $"foxtrot-bench-{Guid.NewGuid():n}";
    private readonly string _adminKey = ApiKey.New();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("foxtrot-bench-");
    private readonly ScaleBenchOptions _options;
    private readonly List<ServerProcess> _started = [];

    private ScaleCluster(ScaleBenchOptions options) => _options = options;

    /// <summary>The gateway.</summary>
    public ServerProcess Gateway { get; private set; } = null!;

    /// <summary>The workers.</summary>
    public IReadOnlyList<ServerProcess> Workers { get; private set; } = [];

    /// <summary>The key of the one tenant.</summary>
    public string Key { get; } = ApiKey.New();

    /// <summary>Starts everything; returns once the gateway knows all workers.</summary>
    /// <exception cref="LoadTargetException">Redis cannot be reached, or a process does not start.</exception>
    public static async Task<ScaleCluster> StartAsync(ScaleBenchOptions options, int workers, CancellationToken cancellationToken)
    {
        var cluster = new ScaleCluster(options);
        try
        {
            await cluster.StartAsync(workers, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Looks at the workers as the gateway knows them.</summary>
    public WorkerView View() => new(Gateway.Address, _adminKey);

    /// <summary>Ends all processes and removes what they stored.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started)
        {
            await process.DisposeAsync();
        }

        _folder.Delete(recursive: true);
        try
        {
            await using var redis = await ConnectAsync();
            foreach (var server in redis.GetServers())
            {
                await foreach (var key in server.KeysAsync(pattern: $"*{_id}*"))
                {
                    await redis.GetDatabase().KeyDeleteAsync(key);
                }
            }
        }
        catch (Exception failure) when (failure is RedisException or LoadTargetException)
        {
            // Without Redis there is nothing to remove; one that forbids it keeps a few dead keys.
        }
    }

    private async Task StartAsync(int workers, CancellationToken cancellationToken)
    {
        await (await ConnectAsync()).DisposeAsync();
        var tenants = Path.Combine(_folder.FullName, "tenants.json");
        await File.WriteAllTextAsync(
            tenants, $$"""{"tenants": [{"id": "bench", "keys": [{"name": "bench", "hash": "{{ApiKey.Write(ApiKey.HashOf(Key))}}"}]}]}""", cancellationToken);
        var gateway = StartAsync("gateway", ["--urls", "http://127.0.0.1:0", "--tenants", tenants], cancellationToken);
        string[] worker =
        [
            "--synthetic-step", string.Create(CultureInfo.InvariantCulture, $"{_options.Step.TotalMilliseconds}"),
            "--slots", string.Create(CultureInfo.InvariantCulture, $"{_options.Slots}"),
            "--queue", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(256, workers * _options.ClientsPerWorker)}"),
        ];
        var started = Enumerable.Range(0, workers).Select(_ => StartAsync("worker", worker, cancellationToken)).ToArray();

        // All of them, whatever becomes of one: what starts late must be known when everything is ended.
        await Task.WhenAll([gateway, .. started]);
        Gateway = await gateway;
        Workers = await Task.WhenAll(started);
        using var view = View();
        while ((await view.ReadAsync(cancellationToken)).Count < workers)
        {
            await Task.Delay(50, cancellationToken);
        }
    }

    private async Task<ServerProcess> StartAsync(string role, string[] arguments, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>
        {
            ["Orleans__ClusterId"] = _id,
            ["Orleans__ServiceId"] = _id,
            ["Foxtrot__AdminKey"] = _adminKey,
        };
        var process = await ServerProcess.StartAsync(["--role", role, "--redis", _options.Redis, .. arguments], environment, cancellationToken);
        lock (_started)
        {
            _started.Add(process);
        }

        return process;
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        try
        {
            var redis = ConfigurationOptions.Parse(_options.Redis);
            redis.AllowAdmin = true;
            return await ConnectionMultiplexer.ConnectAsync(redis);
        }
        catch (Exception failure) when (failure is RedisException or ArgumentException)
        {
            throw new LoadTargetException($"--redis {_options.Redis.Split(',')[0]} cannot be reached: start a Redis, or Garnet with --lua --lua-transaction-mode");
        }
    }
}
