using System.Diagnostics;
using Foxtrot.Inference.Engine;

namespace Foxtrot.Cluster.Telemetry;

/// <summary>
/// The parts of traced generations on one engine, told when they are over: <c>queue</c> until there is a slot, <c>prefill</c> until
/// there is a first token, and the <c>step</c> that gave first tokens.
/// </summary>
/// <remarks>
/// Belongs to the engine's thread. A step serves many requests, so it is a trace of its own, linked with each of them both ways. Only
/// steps that gave a traced request its first token are told; without one all this is a comparison with null.
/// </remarks>
internal sealed class EngineTraces(string model)
{
    private readonly List<Generation> _served = [];

    /// <summary>A generation has got its first slot.</summary>
    public static void Admitted(Generation generation)
    {
        if (generation.Request.Trace is { } trace)
        {
            Part("queue", trace, generation.Timings.Submitted, generation.Timings.Admitted, null);
        }
    }

    /// <summary>A generation has its first token.</summary>
    public void FirstToken(Generation generation)
    {
        if (generation.Request.Trace is { } trace)
        {
            trace.AddEvent(new ActivityEvent("first token"));
            _served.Add(generation);
        }
    }

    /// <summary>A step has been done.</summary>
    public void Step(in StepReport report)
    {
        if (_served.Count == 0)
        {
            return;
        }

        var step = StepSpan(report);
        foreach (var generation in _served)
        {
            ActivityLink[]? links = step is null ? null : [new ActivityLink(step.Context)];
            Part("prefill", generation.Request.Trace!, generation.Timings.Admitted, generation.Timings.FirstToken, links);
        }

        _served.Clear();
    }

    private Activity? StepSpan(in StepReport report)
    {
        var now = DateTimeOffset.UtcNow;
        var links = _served.ConvertAll(generation => new ActivityLink(generation.Request.Trace!.Context));

        // A trace id and no span: a root that is recorded because a request that it served is, whatever share of roots is.
        var root = new ActivityContext(ActivityTraceId.CreateRandom(), default, ActivityTraceFlags.Recorded);
        var start = now - TimeProvider.System.GetElapsedTime(0, report.StepTime);
        using var step = FoxtrotTraces.Source.StartActivity("step " + model, ActivityKind.Internal, root, null, links, start);
        step?.SetTag(FoxtrotTraces.Model, model)
            .SetTag("foxtrot.batch.size", report.Plan.DecodeRows + report.Plan.Sequences)
            .SetTag("foxtrot.prompt_tokens", report.PromptTokens)
            .SetTag("foxtrot.output_tokens", report.OutputTokens)
            .SetEndTime(now.UtcDateTime);
        return step;
    }

    private static void Part(string name, Activity trace, long from, long to, ActivityLink[]? links)
    {
        var end = At(to);
        using var part = FoxtrotTraces.Source.StartActivity(name, ActivityKind.Internal, trace.Context, null, links, At(from));
        part?.SetEndTime(end.UtcDateTime);
    }

    private static DateTimeOffset At(long timestamp) => DateTimeOffset.UtcNow - TimeProvider.System.GetElapsedTime(timestamp);
}
