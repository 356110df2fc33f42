using System.Diagnostics.Metrics;

namespace Foxtrot.Cluster.Telemetry;

/// <summary>The meter of all of Foxtrot's instruments, the labels that they share, and the boundaries of their histograms.</summary>
/// <remarks>Labels stay bounded: never a session's id, never text.</remarks>
public static class FoxtrotMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Foxtrot";

    /// <summary>Label: the model's name.</summary>
    public const string Model = "model";

    /// <summary>Label: the tenant's id.</summary>
    public const string Tenant = "tenant";

    /// <summary>Label: the worker's address in the cluster, as its id in the admin API begins.</summary>
    public const string Worker = "worker";

    /// <summary>Boundaries for the time to a first token and longer waits, in seconds.</summary>
    public static InstrumentAdvice<double> Waits { get; } = new()
    {
        HistogramBucketBoundaries = [.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160],
    };

    /// <summary>Boundaries for the time between tokens and for steps, in seconds.</summary>
    public static InstrumentAdvice<double> Steps { get; } = new()
    {
        HistogramBucketBoundaries = [.001, .0025, .005, .01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 10],
    };

    /// <summary>Boundaries for sampling a batch, in seconds.</summary>
    public static InstrumentAdvice<double> Sampling { get; } = new()
    {
        HistogramBucketBoundaries = [.00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1],
    };

    /// <summary>Boundaries for numbers of sequences.</summary>
    public static InstrumentAdvice<int> Batches { get; } = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] };

    /// <summary>Boundaries for numbers of candidates.</summary>
    public static InstrumentAdvice<int> Candidates { get; } = new()
    {
        HistogramBucketBoundaries = [1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 5000, 20_000, 80_000, 320_000],
    };

    /// <summary>Boundaries for entropies, in nats.</summary>
    public static InstrumentAdvice<double> Entropies { get; } = new()
    {
        HistogramBucketBoundaries = [0, .01, .05, .1, .25, .5, .75, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12],
    };
}
