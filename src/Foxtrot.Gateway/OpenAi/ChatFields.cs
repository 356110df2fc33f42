using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Generation;
using static Foxtrot.Gateway.OpenAi.CommonFields;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>The fields of <c>POST /v1/chat/completions</c>.</summary>
internal static class ChatFields
{
    private static readonly string[] Refused =
    [
        "tools", "tool_choice", "parallel_tool_calls", "functions", "function_call", "audio", "prediction", "reasoning_effort", "verbosity",
        "web_search_options", "best_of", "echo", "suffix", "prompt",
    ];

    private static readonly FieldTable<string> ResponseFormat = new(
        Field.Of<string, string>("type", new WordShape("text"), "Only text is supported.", (_, v) => v) with { Required = true },
        Field.Refused<string>("json_schema"));

    /// <summary>All of them.</summary>
    public static FieldTable<OpenAiRequest> Table(GatewayOptions options) => new(
    [
        Of("messages", MessageFields.Shape, "The conversation; the model's own chat template makes a prompt of it.", (r, v) => r with { Prompts = [new Prompt { Messages = v }] }) with { Required = true },
        .. All(options),
        Of("max_completion_tokens", new IntegerShape(1), "The newer name of max_tokens. Without either, the output ends with the context.", (r, v) => r with { MaxCompletionTokens = v }),
        Of("logprobs", new BooleanShape(), "Whether tokens say their log-probabilities, before any sampling stage.", (r, v) => r with { WantsLogProbabilities = v }),
        Of("top_logprobs", new IntegerShape(0, 20), "How many of the most probable tokens to show; needs logprobs.", (r, v) => r with { TopLogProbabilities = v }),
        Of("response_format", new ObjectShape<string>(ResponseFormat, ""), "Must be of type text.", (r, _) => r),
        Of("modalities", new ListShape<string>(new WordShape("text"), 1, 1), "Must be [\"text\"].", (r, _) => r),
        Of("metadata", new MapShape<string, string>("names", Same, new TextShape(0, 512), 16), "Without effect.", (r, _) => r),
        Of("store", new NoShape(), "Must be false: answers are not stored. POST /v1/sessions makes a durable session.", (r, _) => r),
        Of("service_tier", new WordShape("auto", "default"), "Without effect.", (r, _) => r),
        Of("safety_identifier", new TextShape(0, 512), "Without effect.", (r, _) => r),
        Of("prompt_cache_key", new TextShape(0, 512), "Without effect.", (r, _) => r),
        .. Refused.Select(name => Field.Refused<OpenAiRequest>(name)),
    ]);

    /// <summary>Checks that concern several fields.</summary>
    public static OpenAiRequest Check(OpenAiRequest request, FieldErrors errors, GatewayOptions options)
    {
        if (request.TopLogProbabilities is { } top && !request.WantsLogProbabilities)
        {
            errors.Add("top_logprobs", $"top_logprobs must be absent unless logprobs is true, but is {top}");
        }

        if (request is { MaxCompletionTokens: { } newer, Generation.MaxTokens: { } older } && newer != older)
        {
            errors.Add("max_tokens", $"max_tokens must equal max_completion_tokens, {newer}, or be absent, but is {older}");
        }

        var merged = request with { Generation = request.Generation with { MaxTokens = request.MaxCompletionTokens ?? request.Generation.MaxTokens } };
        return CommonFields.Check(merged, errors, options);
    }

    private static bool Same(string name, out string key)
    {
        key = name;
        return true;
    }
}
