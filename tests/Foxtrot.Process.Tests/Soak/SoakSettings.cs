using System.Globalization;
using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.Soak;

/// <summary>How long and how hard a soak is, from the environment.</summary>
internal sealed record SoakSettings
{
    /// <summary>From then on growth has had time to show, and is an error.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(15);

    /// <summary>How long load and disturbances last: <c>FOXTROT_SOAK_SECONDS</c>, default 20.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(Number("FOXTROT_SOAK_SECONDS", 20));

    /// <summary>Workers when nothing is being done to them: <c>FOXTROT_SOAK_WORKERS</c>, default 3.</summary>
    public int Workers { get; init; } = Math.Max(2, Number("FOXTROT_SOAK_WORKERS", 3));

    /// <summary>Streams at once: <c>FOXTROT_SOAK_STREAMS</c>, default 8.</summary>
    public int Streams { get; init; } = Math.Max(1, Number("FOXTROT_SOAK_STREAMS", 8));

    /// <summary>A client begins a stream at most once in this time, so that the load is steady: <c>FOXTROT_SOAK_PACE_MS</c>, default 1,000.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(Math.Max(1, Number("FOXTROT_SOAK_PACE_MS", 1000)));

    /// <summary>Time between one disturbance and the next: <c>FOXTROT_SOAK_EVERY_SECONDS</c>, default 5.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(Math.Max(1, Number("FOXTROT_SOAK_EVERY_SECONDS", 5)));

    /// <summary>
    /// A file that lists the processes for Prometheus (file_sd) and is written anew whenever one joins or leaves:
    /// <c>FOXTROT_SOAK_TARGETS</c>, default one that goes with the test.
    /// </summary>
    public string Targets { get; init; } = Environment.GetEnvironmentVariable("FOXTROT_SOAK_TARGETS") is { Length: > 0 } file
        ? file
        : Path.Combine(Reaper.NewFolder("targets"), "foxtrot.json");

    /// <summary>A file that gets what the test's output gets, as it happens: <c>FOXTROT_SOAK_REPORT</c>, default none.</summary>
    public string? Report { get; init; } = Environment.GetEnvironmentVariable("FOXTROT_SOAK_REPORT") is { Length: > 0 } file ? file : null;

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
