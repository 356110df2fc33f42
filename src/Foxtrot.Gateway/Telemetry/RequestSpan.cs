using System.Diagnostics;
using Foxtrot.Cluster.Telemetry;
using Foxtrot.Contracts.Streams;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.OpenAi;

namespace Foxtrot.Gateway.Telemetry;

/// <summary>
/// The span <c>{operation} {model}</c> of a request that generates, with the attributes of OpenTelemetry's semantic conventions for
/// generative AI. Those with text are there only where the options ask for them.
/// </summary>
internal static class RequestSpan
{
    /// <summary>Starts it under the HTTP request's span.</summary>
    /// <returns>Null when the request is not traced.</returns>
    public static Activity? Start(string operation, OpenAiRequest request, GatewayOptions options)
    {
        if (FoxtrotTraces.Start($"{operation} {request.Model}") is not { } span)
        {
            return null;
        }

        var sampling = request.Generation.Sampling;
        span.SetTag("gen_ai.operation.name", operation);
        span.SetTag("gen_ai.provider.name", "foxtrot");
        span.SetTag(FoxtrotTraces.Model, request.Model);
        span.SetTag("gen_ai.request.temperature", sampling.Temperature);
        span.SetTag("gen_ai.request.top_p", sampling.TopP);
        span.SetTag("gen_ai.request.top_k", sampling.TopK);
        span.SetTag("gen_ai.request.max_tokens", request.Generation.MaxTokens);

        // Attributes have no unsigned integers.
        span.SetTag("gen_ai.request.seed", request.Generation.Seed is { } seed ? unchecked((long)seed) : null);
        span.SetTag("gen_ai.request.choice.count", request.N > 1 ? request.N : null);
        if (options.CaptureMessageContent)
        {
            span.SetTag("gen_ai.input.messages", MessageJson.Of(request.Prompts));
        }

        return span;
    }

    /// <summary>Notes what became of the request's outputs.</summary>
    /// <param name="span">The span.</param>
    /// <param name="id">The answer's name.</param>
    /// <param name="set">The outputs.</param>
    /// <param name="aborted">Whether it did not come to its end.</param>
    /// <param name="options">Whether text may be told.</param>
    public static void Generated(Activity span, string id, ChoiceSet set, bool aborted, GatewayOptions options)
    {
        var usage = set.Usage;
        span.SetTag("gen_ai.response.id", id);
        span.SetTag("gen_ai.response.model", span.GetTagItem(FoxtrotTraces.Model));
        span.SetTag("gen_ai.response.finish_reasons", set.Choices.Select(c => Reason(c.Reader.End)).ToArray());
        span.SetTag("gen_ai.usage.input_tokens", usage.PromptTokens);
        span.SetTag("gen_ai.usage.output_tokens", usage.CompletionTokens);
        var resumptions = set.Choices.Sum(c => c.Reader.Resumptions);
        span.SetTag("foxtrot.resumptions", resumptions > 0 ? resumptions : null);
        if (aborted)
        {
            span.SetTag(FoxtrotTraces.Error, "aborted");
        }

        if (options.CaptureMessageContent)
        {
            span.SetTag("gen_ai.output.messages", MessageJson.Of(set.Choices, c => Reason(c.Reader.End)));
        }
    }

    /// <summary>Notes why the request failed, by its code: messages may quote what users wrote.</summary>
    public static void Failed(Activity span, Exception failure)
    {
        var error = failure is ApiException { Error: var api } ? api.Code ?? "unavailable" : failure.GetType().FullName;
        span.SetTag(FoxtrotTraces.Error, error);
        if (failure is not OperationCanceledException)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static string Reason(StreamEnd? end) => end?.Finish switch
    {
        Finish.Stop => "stop",
        Finish.Length => "length",
        Finish.Cancelled => "cancelled",
        _ => "error",
    };
}
