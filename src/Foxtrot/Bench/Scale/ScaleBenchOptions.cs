namespace Foxtrot.Bench.Scale;

/// <summary>What <c>foxtrot bench scale</c> starts and how long it measures.</summary>
internal sealed record ScaleBenchOptions
{
    /// <summary>Redis for the clusters, in StackExchange.Redis's notation.</summary>
    public required string Redis { get; init; }

    /// <summary>Worker processes of each cluster, one cluster after the other. Default 1, 2 and 4.</summary>
    public IReadOnlyList<int> Workers { get; init; } = [1, 2, 4];

    /// <summary>How long a worker's step waits. Default 20 ms.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Sequences that a worker generates at once. Default 64.</summary>
    public int Slots { get; init; } = 64;

    /// <summary>Clients for each worker. Default 64.</summary>
    public int ClientsPerWorker { get; init; } = 64;

    /// <summary>Output tokens per request. Default 128.</summary>
    public int Tokens { get; init; } = 128;

    /// <summary>Length of each measurement. Default 15 s.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time in which clients begin one after the other, before the measurement: that of a whole reply, but at most 5 s.</summary>
    public TimeSpan Ramp => TimeSpan.FromTicks(Math.Min((Step * Tokens).Ticks, TimeSpan.FromSeconds(5).Ticks));
}
