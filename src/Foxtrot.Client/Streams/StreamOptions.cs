namespace Foxtrot.Client.Streams;

/// <summary>How patient streams are.</summary>
public sealed record StreamOptions
{
    /// <summary>How long a stream that has begun waits without progress for a worker to take its session over. Default 60 s.</summary>
    public TimeSpan RecoveryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Pause before the second attempt in a row that brought nothing; grows tenfold at most. Default 25 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How long the end in band may come after the call's return. Default 5 s.</summary>
    public TimeSpan EndTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Silence after which a stream attaches again, which costs little where nothing is wrong. Default: never, for processes that are
    /// silos and are told when another one dies.
    /// </summary>
    public TimeSpan StallTimeout { get; init; } = Timeout.InfiniteTimeSpan;
}
