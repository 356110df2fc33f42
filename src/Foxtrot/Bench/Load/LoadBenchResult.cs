using System.Text.Json.Serialization;

namespace Foxtrot.Bench.Load;

/// <summary>What <c>foxtrot bench load</c> measured.</summary>
/// <param name="Machine">Where the clients ran.</param>
/// <param name="Clients">Requests in flight: in the closed loop always, in the open loop at most.</param>
/// <param name="Requests">Requests answered in full.</param>
/// <param name="Tokens">Output tokens received, those of unfinished and failed requests included.</param>
/// <param name="TokensPerSecond">Over the whole measurement.</param>
/// <param name="Ttft">From sending (open loop: from when it was due) to the first text, in ms.</param>
/// <param name="Itl">Between one piece of text and the next, in ms.</param>
/// <param name="Errors">Requests that failed.</param>
internal sealed record LoadBenchResult(
    MachineDescription Machine,
    int Clients,
    int Requests,
    long Tokens,
    [property: JsonPropertyName("tokens_per_s")] double TokensPerSecond,
    [property: JsonPropertyName("ttft_ms")] Latency Ttft,
    [property: JsonPropertyName("itl_ms")] Latency Itl,
    int Errors)
{
    /// <summary>How often each kind of error occurred.</summary>
    public required IReadOnlyDictionary<string, int> ErrorKinds { get; init; }

    /// <summary>Requests that the end of a measurement by duration cut off.</summary>
    public int Unfinished { get; init; }

    /// <summary>Answered requests with fewer tokens than asked for.</summary>
    public int Short { get; init; }

    /// <summary>Length of the measurement in seconds.</summary>
    [JsonPropertyName("duration_s")]
    public double DurationSeconds { get; init; }

    /// <summary>Processor time of the clients per token, in µs.</summary>
    public double? ClientCpuUsPerToken { get; init; }

    /// <summary>The model asked for.</summary>
    public required string Model { get; init; }

    /// <summary>Prompt tokens of the requests that were answered, over the whole measurement; 0 where the server does not count them.</summary>
    [JsonPropertyName("prompt_tokens_per_s")]
    public double PromptTokensPerSecond { get; init; }

    /// <summary>Whether tokens were counted by the server's <c>usage</c>; otherwise pieces of text were counted.</summary>
    public bool CountedByUsage { get; init; }
}

/// <summary>How long something took, in ms; null where it never happened.</summary>
/// <param name="P50">Median.</param>
/// <param name="P99">What 99 % do not exceed.</param>
/// <param name="Max">The longest.</param>
internal sealed record Latency(double? P50, double? P99, double? Max)
{
    /// <summary>Summarises durations.</summary>
    public static Latency Of(CallTimes times) => times.Count == 0
        ? new Latency(null, null, null)
        : new Latency(At(times, 0.5), At(times, 0.99), At(times, 1));

    private static double At(CallTimes times, double share) => Math.Round(times.MicrosecondsAt(share) / 1000, 3);
}
