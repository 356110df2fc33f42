namespace Foxtrot.Bench.Load;

/// <summary>What <c>foxtrot bench load</c> asks of a server.</summary>
internal sealed record LoadBenchOptions
{
    /// <summary>The server, without the <c>v1</c> of its paths; ends in a slash.</summary>
    public required Uri Server { get; init; }

    /// <summary>Which model; null is the first that the server lists.</summary>
    public string? Model { get; init; }

    /// <summary>Sent as a bearer token; null sends none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Whether to ask /v1/chat/completions instead of /v1/completions.</summary>
    public bool Chat { get; init; }

    /// <summary>What every request continues; null for <see cref="PromptTokens"/>.</summary>
    public string? Prompt { get; init; }

    /// <summary>Length of the random prompt that each request has of its own, where <see cref="Prompt"/> is null.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Output tokens per request. Default 128.</summary>
    public int Tokens { get; init; } = 128;

    /// <summary>Whether a reply may end before it has all its tokens. Default false.</summary>
    public bool KeepEnd { get; init; }

    /// <summary>Clients that each keep one request in flight, in the open loop only while warming up. Default 64.</summary>
    public int Clients { get; init; } = 64;

    /// <summary>Open loop: requests per second, with exponential gaps; null is the closed loop.</summary>
    public double? Rate { get; init; }

    /// <summary>Measured requests; null where <see cref="Duration"/> ends the measurement.</summary>
    public int? Requests { get; init; }

    /// <summary>Length of the measurement; null where <see cref="Requests"/> ends it.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Closed loop by duration: clients begin one after the other within this time. Default zero: all at once.</summary>
    public TimeSpan Ramp { get; init; }

    /// <summary>Whether requests that the end of a measurement by duration would cut off are read to their end. Default false.</summary>
    public bool Finish { get; init; }

    /// <summary>Requests before the measurement, as many at once as there are clients. Default 0.</summary>
    public int Warmup { get; init; }

    /// <summary>How long one request may take. Default two minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Seeds arrivals and random prompts. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
