using System.Diagnostics;
using System.Diagnostics.Metrics;
using Foxtrot.Inference.Engine;
using TagValue = System.Collections.Generic.KeyValuePair<string, object?>;

namespace Foxtrot.Cluster.Telemetry;

/// <summary>Records what one model's engine reports, on its thread.</summary>
/// <param name="instruments">Where to.</param>
/// <param name="model">The model's name.</param>
/// <param name="worker">The worker's tag.</param>
internal sealed class EngineInstruments(StepInstruments instruments, string model, TagValue worker)
{
    private static readonly TagValue Prefill = new("phase", "prefill");
    private static readonly TagValue Decode = new("phase", "decode");
    private static readonly TagValue Interrupted = new("phase", "interrupted");
    private static readonly TagValue Penalties = new("stage", "penalties");
    private static readonly TagValue Truncate = new("stage", "truncate");
    private static readonly TagValue Draw = new("stage", "draw");
    private static readonly TagValue Total = new("stage", "total");

    private readonly TagValue _model = new(FoxtrotMeter.Model, model);

    /// <summary>Tokens drawn per second.</summary>
    public TokenRate Rate { get; } = new(TimeProvider.System);

    /// <summary>Whether anybody wants to know how sampling spends its time.</summary>
    public bool MeasuresSampling => instruments.Sampling.Enabled || instruments.Entropy.Enabled;

    /// <summary>A step has been done.</summary>
    public void Step(in StepReport report)
    {
        Rate.Add(report.GeneratedTokens);
        instruments.Step.Record(Seconds(report.StepTime), _model, worker);
        if (report.Plan.DecodeRows + report.Plan.Sequences is var sequences and > 0)
        {
            instruments.Batch.Record(sequences, _model, worker);
        }

        if (report.PrefillTime > 0)
        {
            instruments.Forward.Record(Seconds(report.PrefillTime), _model, worker, Prefill);
        }

        if (report.DecodeTime > 0)
        {
            instruments.Forward.Record(Seconds(report.DecodeTime), _model, worker, Decode);
        }

        if (report.LostTime > 0)
        {
            instruments.Forward.Record(Seconds(report.LostTime), _model, worker, Interrupted);
        }

        if (report.OutputTokens == 0)
        {
            return;
        }

        instruments.Sampling.Record(Seconds(report.SamplingTime), _model, worker, Total);
        instruments.Sampling.Record(Seconds(report.Sampling.Penalties), _model, worker, Penalties);
        instruments.Sampling.Record(Seconds(report.Sampling.Truncate), _model, worker, Truncate);
        instruments.Sampling.Record(Seconds(report.Sampling.Draw), _model, worker, Draw);
        if (report.Sampling.Candidates > 0)
        {
            instruments.Entropy.Record(report.Sampling.Entropy, _model);
            instruments.Candidates.Record(report.Sampling.Candidates, _model);
        }
    }

    /// <summary>A generation has got its first slot.</summary>
    public void Admitted(Generation generation) =>
        Record(instruments.Queue, generation, generation.Timings.Admitted - generation.Timings.Submitted);

    /// <summary>A generation has its first token.</summary>
    public void FirstToken(Generation generation) =>
        Record(instruments.FirstToken, generation, generation.Timings.FirstToken - generation.Timings.Submitted);

    /// <summary>A generation has another token.</summary>
    public void NextToken(Generation generation, long interval) => Record(instruments.InterToken, generation, interval);

    // A traced generation is what the exemplar of a measurement points to; the engine's thread has no span of its own.
    private void Record(Histogram<double> histogram, Generation generation, long interval)
    {
        var trace = generation.Request.Trace;
        if (trace is not null)
        {
            Activity.Current = trace;
        }

        histogram.Record(Seconds(interval), _model, new TagValue(FoxtrotMeter.Tenant, generation.Request.Tenant));
        if (trace is not null)
        {
            Activity.Current = null;
        }
    }

    private static double Seconds(long interval) => (double)interval / TimeProvider.System.TimestampFrequency;
}
