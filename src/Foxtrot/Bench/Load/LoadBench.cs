using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Foxtrot.Bench.Load;

/// <summary>Measures an OpenAI-compatible server from outside: many streams at once, each timed as its client sees it.</summary>
internal sealed class LoadBench(LoadBenchOptions options) : IDisposable
{
    // So that a server that refuses everything is not asked without pause.
    private static readonly TimeSpan AfterError = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _http = Connect(options);
    private LoadRequest? _request;
    private LoadClient[] _clients = [];
    private int _started;

    /// <summary>Pieces of text that the clients of the closed loop have received since they began; at any time, on any thread.</summary>
    public long Received => Volatile.Read(ref _clients).Sum(client => client.Received);

    /// <summary>Runs the warm-up and the measurement.</summary>
    /// <exception cref="LoadTargetException">The server cannot be measured.</exception>
    public async Task<LoadBenchResult> RunAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        return (await MeasureAsync(cancellationToken)).Summarize();
    }

    /// <summary>Finds out what the server understands, and warms it up.</summary>
    /// <exception cref="LoadTargetException">The server cannot be measured.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            _request = await LoadTarget.FindAsync(_http, options, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new LoadTargetException($"{options.Server} cannot be reached: {exception.GetBaseException().Message}");
        }

        _started = 0;
        _ = await ClosedAsync(_request, options.Warmup, cancellationToken, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Measures; any number of times after <see cref="PrepareAsync"/>.</summary>
    public async Task<LoadMeasurement> MeasureAsync(CancellationToken cancellationToken)
    {
        var request = _request ?? throw new InvalidOperationException("nothing is prepared");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.Duration is { } duration)
        {
            stop.CancelAfter(duration);
        }

        var most = options.Requests ?? int.MaxValue;
        var processor = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        _started = 0;
        var clients = options.Rate is { } rate
            ? await OpenAsync(request, rate, most, stop.Token)
            : await ClosedAsync(request, most, stop.Token, options.Finish ? cancellationToken : stop.Token, outOfStep: options.Duration is not null);
        var elapsed = Stopwatch.GetElapsedTime(start);
        processor = Environment.CpuUsage.TotalTime - processor;
        cancellationToken.ThrowIfCancellationRequested();

        var all = new LoadTally();
        foreach (var client in clients)
        {
            all.Add(client.Tally);
        }

        return new LoadMeasurement(request.Model, clients.Count, all, elapsed, processor);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static HttpClient Connect(LoadBenchOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            UseCookies = false,
            UseProxy = false,
            AllowAutoRedirect = false,

            // Tracing costs time per request and tells nothing here.
            ActivityHeadersPropagator = null,
        };
        var http = new HttpClient(handler) { BaseAddress = options.Server, Timeout = Timeout.InfiniteTimeSpan };
        if (options.ApiKey is { } key)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        }

        return http;
    }

    /// <summary>Each client sends its next request when it has read the reply to the last.</summary>
    /// <remarks>
    /// Out of step, the first reply of each client has a random length, so that replies end one after the other, as those of
    /// independent clients do, and not all of them in one step. How long first replies take is not counted where a client has others:
    /// all of them were asked for at once.
    /// </remarks>
    private async Task<IReadOnlyCollection<LoadClient>> ClosedAsync(
        LoadRequest request, int most, CancellationToken stop, CancellationToken cut, bool outOfStep = false)
    {
        var random = new Random(options.Seed);
        var clients = new LoadClient[Math.Min(options.Clients, most)];
        var loops = new Task[clients.Length];
        for (var i = 0; i < clients.Length; i++)
        {
            clients[i] = new LoadClient(_http, options.Timeout, TimeProvider.System);
        }

        Volatile.Write(ref _clients, clients);
        for (var i = 0; i < clients.Length; i++)
        {
            var delay = outOfStep ? options.Ramp * ((double)i / clients.Length) : TimeSpan.Zero;
            loops[i] = LoopAsync(clients[i], delay, outOfStep ? random.Next(1, options.Tokens + 1) : options.Tokens);
        }

        await Task.WhenAll(loops);
        return clients;

        async Task LoopAsync(LoadClient client, TimeSpan delay, int tokens)
        {
            await Task.Delay(delay, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var replies = 0;
            while (!stop.IsCancellationRequested && Interlocked.Increment(ref _started) is var number && number <= most)
            {
                if (outOfStep && replies == 1)
                {
                    client.Tally.ForgetTimes();
                }

                if (!await client.RunAsync(request.Path, request.Body(number, tokens), tokens, Stopwatch.GetTimestamp(), cut))
                {
                    await Task.Delay(AfterError, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                tokens = options.Tokens;
                replies++;
            }
        }
    }

    /// <summary>Requests start when they are due, whatever has become of those before.</summary>
    private async Task<IReadOnlyCollection<LoadClient>> OpenAsync(LoadRequest request, double rate, int most, CancellationToken stop)
    {
        var idle = new ConcurrentBag<LoadClient>();
        var running = new List<Task>();
        var all = new List<LoadClient>();
        var random = new Random(options.Seed);
        var start = Stopwatch.GetTimestamp();
        double due = 0;
        for (var number = 1; number <= most; number++)
        {
            due -= Math.Log(1 - random.NextDouble()) / rate;
            var wait = TimeSpan.FromSeconds(due) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (stop.IsCancellationRequested)
            {
                break;
            }

            if (!idle.TryTake(out var client))
            {
                client = new LoadClient(_http, options.Timeout, TimeProvider.System);
                all.Add(client);
            }

            running.Add(OneAsync(client, number, start + (long)(due * Stopwatch.Frequency)));
        }

        await Task.WhenAll(running);
        return all;

        async Task OneAsync(LoadClient client, int number, long dueAt)
        {
            _ = await client.RunAsync(request.Path, request.Body(number), options.Tokens, dueAt, stop);
            idle.Add(client);
        }
    }
}
