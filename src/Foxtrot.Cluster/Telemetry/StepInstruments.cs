using System.Diagnostics.Metrics;

namespace Foxtrot.Cluster.Telemetry;

/// <summary>The distributions that engines record; shared by a worker's models.</summary>
internal sealed class StepInstruments(Meter meter)
{
    public Histogram<double> Step { get; } = meter.CreateHistogram("foxtrot.step.duration", "s", "One step of an engine.", null, FoxtrotMeter.Steps);

    public Histogram<double> Forward { get; } = meter.CreateHistogram("foxtrot.forward.duration", "s", "One forward pass.", null, FoxtrotMeter.Steps);

    public Histogram<double> Sampling { get; } = meter.CreateHistogram(
        "foxtrot.sampling.duration", "s", "Choosing the tokens of one step: its stages summed over the rows, and in total.", null, FoxtrotMeter.Sampling);

    public Histogram<int> Batch { get; } = meter.CreateHistogram("foxtrot.batch.size", "{sequence}", "Sequences in one step.", null, FoxtrotMeter.Batches);

    public Histogram<double> Entropy { get; } = meter.CreateHistogram(
        "foxtrot.sampling.entropy", "nat", "Entropy of the distribution drawn from, of one row of each step.", null, FoxtrotMeter.Entropies);

    public Histogram<int> Candidates { get; } = meter.CreateHistogram(
        "foxtrot.sampling.candidates", "{token}", "Tokens that were possible, in one row of each step.", null, FoxtrotMeter.Candidates);

    public Histogram<double> Queue { get; } = meter.CreateHistogram(
        "foxtrot.queue.duration", "s", "From when a worker took a request in until it got a slot.", null, FoxtrotMeter.Waits);

    public Histogram<double> FirstToken { get; } = meter.CreateHistogram(
        "foxtrot.time_to_first_token", "s", "From when a worker took a request in until its first token.", null, FoxtrotMeter.Waits);

    public Histogram<double> InterToken { get; } = meter.CreateHistogram(
        "foxtrot.inter_token_latency", "s", "Between two tokens of one output.", null, FoxtrotMeter.Steps);
}
