using Foxtrot.Gateway.Fields;

namespace Foxtrot.Gateway.Generation;

/// <summary>The fields of <see cref="GenerationSettings"/>.</summary>
internal static class GenerationFields
{
    private static readonly Shape<int[]> TokenIds = new ListShape<int>(new TokenIdShape());

    /// <summary>All of them, the sampling parameters included.</summary>
    public static IEnumerable<Field<GenerationSettings>> All(GatewayOptions options) =>
    [
        MaxTokens("max_tokens", "Output tokens at most."),
        Stop(options),
        Field.Of<GenerationSettings, ulong>("seed", new SeedShape(), "The 64-bit seed. A negative integer stands for its two's complement. Without one the server chooses; the response says which.", (s, v) => s with { Seed = v }),
        Field.Of<GenerationSettings, int[]>("stop_token_ids", TokenIds, "Tokens that end the output beside the model's own end tokens.", (s, v) => s with { StopTokenIds = v }),
        Field.Of<GenerationSettings, bool>("ignore_eos", new BooleanShape(), "Goes on at the model's end tokens.", (s, v) => s with { IgnoreEos = v }),
        Field.Of<GenerationSettings, int>("priority", new IntegerShape(-100, 100), "Precedence among the tenant's own waiting requests, higher first; never changes the output.", (s, v) => s with { Priority = v }),
        .. SamplingFields.All.In<GenerationSettings, Contracts.Sessions.SamplingSettings>(s => s.Sampling, (s, v) => s with { Sampling = v }),
    ];

    /// <summary>How many output tokens, by whatever name.</summary>
    public static Field<GenerationSettings> MaxTokens(string name, string description) =>
        Field.Of<GenerationSettings, int>(name, new IntegerShape(1), description, (s, v) => s with { MaxTokens = v });

    /// <summary>Stop strings.</summary>
    public static Field<GenerationSettings> Stop(GatewayOptions options) => Field.Of<GenerationSettings, string[]>(
        "stop",
        new TextsShape(options.MaxStopStrings, 1, options.MaxStopLength),
        "Texts that end the output and are not part of it.",
        (s, v) => s with { Stop = v });

    /// <summary>Checks that concern several fields.</summary>
    public static void Check(GenerationSettings settings, FieldErrors errors)
    {
        if (settings.Sampling.MinTokens > settings.MaxTokens)
        {
            errors.Add("min_tokens", $"min_tokens must be at most max_tokens, {settings.MaxTokens}, but is {settings.Sampling.MinTokens}");
        }
    }
}
