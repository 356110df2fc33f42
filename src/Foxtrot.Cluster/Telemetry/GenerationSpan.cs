using System.Diagnostics;
using Foxtrot.Inference.Engine;

namespace Foxtrot.Cluster.Telemetry;

/// <summary>The span <c>generate {model}</c>: one output on one worker's engine, from when it was handed in until it has ended there.</summary>
/// <remarks>A generation that is resumed has one on each worker, all in the trace of the request that reads it.</remarks>
internal static class GenerationSpan
{
    /// <summary>Starts it under the caller's span, which stays the current one.</summary>
    /// <returns>Null when the caller is not traced.</returns>
    public static Activity? Start(string model, string tenant, GenerationRequest request)
    {
        var caller = Activity.Current;
        if (FoxtrotTraces.Start("generate " + model) is not { } span)
        {
            return null;
        }

        Activity.Current = caller;
        return span
            .SetTag(FoxtrotTraces.Model, model)
            .SetTag("foxtrot.tenant", tenant)
            .SetTag("foxtrot.prompt_tokens", request.Log.TurnStart)
            .SetTag("foxtrot.replayed_tokens", request.Log.Count - request.Log.TurnStart)
            .SetTag("foxtrot.resumed", request.Resumed);
    }

    /// <summary>Ends it with what became of the generation.</summary>
    public static void End(Generation generation)
    {
        if (generation.Request.Trace is not { } span)
        {
            return;
        }

        span.SetTag("foxtrot.output_tokens", generation.Count);
        span.SetTag("foxtrot.finish_reason", generation.FinishReason?.ToString());
        if (generation.Error is { } error)
        {
            span.SetTag(FoxtrotTraces.Error, error.GetType().FullName).SetStatus(ActivityStatusCode.Error);
        }

        span.Stop();
    }
}
