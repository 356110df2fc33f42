using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Generation;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>The fields that both OpenAI routes have.</summary>
internal static class CommonFields
{
    private static readonly Shape<bool> Boolean = new BooleanShape();
    private static readonly Shape<string> Name = new TextShape(0, 512);

    private static readonly FieldTable<StreamOptions> StreamFields = new(
        Field.Of<StreamOptions, bool>("include_usage", Boolean, "One more chunk at the end, with usage and without choices.", (s, v) => s with { IncludeUsage = v }),
        Field.Of<StreamOptions, bool>("include_obfuscation", new NoShape(), "Must be false.", (s, _) => s));

    /// <summary>All of them.</summary>
    public static IEnumerable<Field<OpenAiRequest>> All(GatewayOptions options) =>
    [
        Of("model", new TextShape(1, 256), "The model's name.", (r, v) => r with { Model = v }) with { Required = true },
        Of("n", new IntegerShape(1, options.MaxChoices), "Choices for each prompt. Choice i draws with the same seed and choice index i.", (r, v) => r with { N = v }),
        Of("stream", Boolean, "Whether the answer is a stream of server-sent events.", (r, v) => r with { Stream = v }),
        Of("stream_options", new ObjectShape<StreamOptions>(StreamFields, new(false)), "What to add to a stream.", (r, v) => r with { StreamOptions = v }),
        Of("return_token_ids", Boolean, "Choices and chunks say their token ids in token_ids.", (r, v) => r with { ReturnTokenIds = v }),
        Of("return_receipt", Boolean, "Finished choices carry a receipt for /v1/verify.", (r, v) => r with { ReturnReceipt = v }),
        .. GenerationFields.All(options).In<OpenAiRequest, GenerationSettings>(r => r.Generation, (r, v) => r with { Generation = v }),
        Of("user", Name, "Who the request is for, in the client's words; without effect.", (r, _) => r),
    ];

    /// <summary>Of a route's field.</summary>
    public static Field<OpenAiRequest> Of<T>(string name, Shape<T> shape, string description, Func<OpenAiRequest, T, OpenAiRequest> set) =>
        Field.Of(name, shape, description, set);

    /// <summary>Checks that concern several fields.</summary>
    public static OpenAiRequest Check(OpenAiRequest request, FieldErrors errors, GatewayOptions options)
    {
        if (request.StreamOptions is not null && !request.Stream)
        {
            errors.Add("stream_options", "stream_options must be absent unless stream is true, but is given");
        }

        if (request.Prompts.Length * request.N > options.MaxChoices)
        {
            errors.Add("n", $"n times the number of prompts must be at most {options.MaxChoices}, but is {request.N} times {request.Prompts.Length}");
        }

        GenerationFields.Check(request.Generation, errors);
        return request;
    }
}

/// <summary>False; true would ask for something that does not exist.</summary>
internal sealed class NoShape : Shape<bool>
{
    private static readonly BooleanShape Boolean = new();

    public override string Expected => "false: it is not supported";

    public override Microsoft.OpenApi.OpenApiSchema Schema() => new() { Type = Microsoft.OpenApi.JsonSchemaType.Boolean };

    public override bool TryRead(System.Text.Json.JsonElement value, string path, FieldErrors errors, out bool result)
    {
        if (!Boolean.TryRead(value, path, errors, out result))
        {
            return false;
        }

        if (result)
        {
            errors.Expected(path, Expected, value);
        }

        return !result;
    }
}
