using System.Diagnostics.Metrics;

namespace Foxtrot.Client.Streams;

/// <summary>What the streams of a process measure.</summary>
/// <param name="meters">Makes the meter.</param>
internal sealed class StreamInstruments(IMeterFactory meters)
{
    private readonly Counter<long> _resumed = meters.Create("Foxtrot").CreateCounter<long>(
        "foxtrot.sessions.resumed", "{session}", "Streams that went on after the loss of their worker or its gateway, or after a move.");

    private readonly Histogram<double> _duration = meters.Create("Foxtrot").CreateHistogram(
        "foxtrot.resume.duration",
        "s",
        "From when the loss was noticed until the next token.",
        null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40, 80] });

    /// <summary>A stream goes on.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="reason"><c>worker_lost</c>, <c>moved</c> or <c>gateway_lost</c>.</param>
    /// <param name="took">How long it stood still.</param>
    public void Resumed(string model, string reason, TimeSpan took)
    {
        KeyValuePair<string, object?> modelTag = new("model", model);
        KeyValuePair<string, object?> reasonTag = new("reason", reason);
        _resumed.Add(1, modelTag, reasonTag);
        _duration.Record(took.TotalSeconds, modelTag, reasonTag);
    }
}
