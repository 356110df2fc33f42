using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Foxtrot.Client.Streams;

/// <summary>What the streams of a process measure.</summary>
/// <param name="meters">Makes the meter.</param>
internal sealed class StreamInstruments(IMeterFactory meters)
{
    private static readonly string[] Reasons = [WorkerLost, Moved, GatewayLost];

    private readonly ConcurrentDictionary<string, bool> _begun = new();

    private readonly Counter<long> _resumed = meters.Create("Foxtrot").CreateCounter<long>(
        "foxtrot.sessions.resumed", "{session}", "Streams that went on after the loss of their worker or its gateway, or after a move.");

    private readonly Histogram<double> _duration = meters.Create("Foxtrot").CreateHistogram(
        "foxtrot.resume.duration",
        "s",
        "From when the loss was noticed until the next token.",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40, 80] });

    /// <summary>The worker died.</summary>
    public const string WorkerLost = "worker_lost";

    /// <summary>The worker let the session go, as when it stops.</summary>
    public const string Moved = "moved";

    /// <summary>The client came back, possibly to another gateway.</summary>
    public const string GatewayLost = "gateway_lost";

    /// <summary>A stream of a model begins: its counters do, at zero. One that appeared with its first event would hide that from rates.</summary>
    /// <param name="model">The model's name.</param>
    public void Begun(string model)
    {
        if (!_begun.ContainsKey(model) && _begun.TryAdd(model, true))
        {
            foreach (var reason in Reasons)
            {
                _resumed.Add(0, new("model", model), new("reason", reason));
            }
        }
    }

    /// <summary>A stream goes on.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="reason">One of the constants.</param>
    /// <param name="took">How long it stood still.</param>
    public void Resumed(string model, string reason, TimeSpan took)
    {
        KeyValuePair<string, object?> modelTag = new("model", model);
        KeyValuePair<string, object?> reasonTag = new("reason", reason);
        _resumed.Add(1, modelTag, reasonTag);
        _duration.Record(took.TotalSeconds, modelTag, reasonTag);
    }
}
