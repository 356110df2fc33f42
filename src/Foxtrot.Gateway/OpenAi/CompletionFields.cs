using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Generation;
using static Foxtrot.Gateway.OpenAi.CommonFields;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>The fields of <c>POST /v1/completions</c>.</summary>
internal static class CompletionFields
{
    /// <summary>Output tokens when the request does not say.</summary>
    public const int DefaultMaxTokens = 16;

    private static readonly string[] Refused = ["suffix", "response_format", "tools", "tool_choice", "functions", "messages", "top_logprobs", "max_completion_tokens"];

    /// <summary>All of them.</summary>
    public static FieldTable<OpenAiRequest> Table(GatewayOptions options) => new(
    [
        Of("prompt", new PromptsShape(options.MaxChoices), "What to continue; several prompts give choices for each.", (r, v) => r with { Prompts = v }) with { Required = true },
        .. All(options),
        Of("logprobs", new IntegerShape(0, 5), "Tokens say their log-probabilities, before any sampling stage, and so many of the most probable tokens.", (r, v) => r with { WantsLogProbabilities = true, TopLogProbabilities = v }),
        Of("echo", new BooleanShape(), "The prompt's text comes first.", (r, v) => r with { Echo = v }),
        Of("best_of", new IntegerShape(1, 1), "Must be 1.", (r, _) => r),
        .. Refused.Select(name => Field.Refused<OpenAiRequest>(name)),
    ]);

    /// <summary>Checks that concern several fields.</summary>
    public static OpenAiRequest Check(OpenAiRequest request, FieldErrors errors, GatewayOptions options)
    {
        if (request is { Echo: true, WantsLogProbabilities: true })
        {
            errors.Add("logprobs", $"logprobs must be absent where echo is true, but is {request.TopLogProbabilities}: log-probabilities of the prompt are not supported");
        }

        var merged = request with
        {
            SaysMaxTokens = request.Generation.MaxTokens is not null,
            Generation = request.Generation with { MaxTokens = request.Generation.MaxTokens ?? DefaultMaxTokens },
        };
        return CommonFields.Check(merged, errors, options);
    }
}
