using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Generation;

namespace Foxtrot.Gateway.Sessions;

/// <summary>A receipt's fields, as <see cref="ReceiptJson"/> writes them.</summary>
internal static class ReceiptFields
{
    private static readonly Shape<string> Hash = new TextShape(1, 128);
    private static readonly Shape<int> Count = new IntegerShape(0);

    /// <summary>The fields.</summary>
    public static FieldTable<Receipt> Table { get; } = new(
        Required("session", new TextShape(1, 64), "The session.", (r, v) => r with { Session = v }),
        Required("model", new TextShape(1, 256), "The model's name.", (r, v) => r with { Model = v }),
        Required("model_hash", Hash, "SHA-256 over the model's files.", (r, v) => r with { ModelHash = v }),
        Required("fingerprint", Hash, "What the worker computes with it.", (r, v) => r with { Fingerprint = v }),
        Required("sampler_version", Count, "The sampler's version.", (r, v) => r with { SamplerVersion = v }),
        Required("seed", new SeedShape(), "The seed.", (r, v) => r with { Seed = v }),
        Required("choice", Count, "The choice index that draws were made with.", (r, v) => r with { Choice = v }),
        Required("sampling", new ObjectShape<SamplingSettings>(new(SamplingFields.All), SamplingSettings.Default), "The sampling parameters in force.", (r, v) => r with { Sampling = v }),
        Required("max_tokens", Count, "Output tokens at most.", (r, v) => r with { MaxTokens = v }),
        Required("stop", new ListShape<string>(new TextShape(1)), "Stop strings.", (r, v) => r with { Stop = v }),
        Required("end_tokens", new ListShape<int>(new TokenIdShape()), "Tokens that end the output.", (r, v) => r with { EndTokens = v }),
        Required("prompt_hash", Hash, "SHA-256 over everything before the output.", (r, v) => r with { PromptHash = v }),
        Required("forced", Count, "Output tokens that were prescribed rather than drawn.", (r, v) => r with { Forced = v }),
        Required("tokens", Count, "Output tokens.", (r, v) => r with { Tokens = v }),
        Required("output_hash", Hash, "SHA-256 over the output token ids.", (r, v) => r with { OutputHash = v }),
        Required("exact", new BooleanShape(), "Whether it can be replayed exactly.", (r, v) => r with { Exact = v }));

    /// <summary>What an empty object is read as, beside the errors.</summary>
    public static Receipt Empty { get; } = new()
    {
        Session = "",
        Model = "",
        ModelHash = "",
        Fingerprint = "",
        SamplerVersion = 0,
        Seed = 0,
        Sampling = SamplingSettings.Default,
        MaxTokens = 0,
        PromptHash = "",
        Tokens = 0,
        OutputHash = "",
        Exact = false,
    };

    private static Field<Receipt> Required<T>(string name, Shape<T> shape, string description, Func<Receipt, T, Receipt> set) =>
        Field.Of(name, shape, description, set) with { Required = true };
}
