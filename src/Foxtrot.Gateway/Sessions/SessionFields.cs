using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Generation;

namespace Foxtrot.Gateway.Sessions;

/// <summary>The fields of the native routes.</summary>
internal static class SessionFields
{
    private const int MostDraws = 10_000;
    private const int MostCandidates = 1000;
    private const int MostEntries = 1000;

    private static readonly Shape<int> Index = new IntegerShape(0);
    private static readonly Shape<SamplingSettings> Sampling = new ObjectShape<SamplingSettings>(new(SamplingFields.All), SamplingSettings.Default);

    /// <summary>Rewinding.</summary>
    public static FieldTable<int> Rewind { get; } = new(
        Field.Of<int, int>("to", Index, "How many output tokens to keep.", (_, v) => v) with { Required = true });

    /// <summary>Forking.</summary>
    public static FieldTable<ForkRequest> Fork { get; } = new(
        Field.Of<ForkRequest, int>("at", Index, "How many output tokens to share.", (r, v) => r with { At = v }) with { Required = true },
        Field.Of<ForkRequest, ulong>("seed", new SeedShape(), "Another seed; without one the session's own.", (r, v) => r with { Seed = v }),
        Field.Of<ForkRequest, SamplingSettings>("sampling", Sampling, "Sampling parameters to change.", (r, v) => r with { Sampling = v }),
        Field.Of<ForkRequest, int>("token", Index, "The first token after the shared ones, prescribed.", (r, v) => r with { Token = v }),
        Field.Of<ForkRequest, int>("max_tokens", new IntegerShape(1), "Output tokens of the turn at most, shared ones included.", (r, v) => r with { MaxTokens = v }));

    /// <summary>Drawing again.</summary>
    public static FieldTable<ResampleRequest> Resample { get; } = new(
        Field.Of<ResampleRequest, int>("at", Index, "Which output token.", (r, v) => r with { At = v }) with { Required = true },
        Field.Of<ResampleRequest, int>("draws", new IntegerShape(1, MostDraws), "How many seeds to draw with: the first, then the numbers after it.", (r, v) => r with { Draws = v }) with { Required = true },
        Field.Of<ResampleRequest, SamplingSettings>("sampling", Sampling, "Sampling parameters to change.", (r, v) => r with { Sampling = v }),
        Field.Of<ResampleRequest, ulong>("seed", new SeedShape(), "The first seed; without one the session's own.", (r, v) => r with { Seed = v }));

    /// <summary>Explaining.</summary>
    public static FieldTable<ExplainQuery> Explain { get; } = new(
        Field.Of<ExplainQuery, int>("at", Index, "Which output token; the one after the last is possible too.", (q, v) => q with { At = v }) with { Required = true },
        Field.Of<ExplainQuery, int>("top", new IntegerShape(1, MostCandidates), "How many of the most probable tokens to show; 10 without it.", (q, v) => q with { Top = v }));

    /// <summary>Listing.</summary>
    public static FieldTable<ListQuery> List { get; } = new(
        Field.Of<ListQuery, string>("after", new TextShape(1, 64), "The last id of the page before.", (q, v) => q with { After = v }),
        Field.Of<ListQuery, int>("limit", new IntegerShape(1, MostEntries), "Sessions at most; 20 without it.", (q, v) => q with { Limit = v }));

    /// <summary>Streaming.</summary>
    public static FieldTable<int> Stream { get; } = new(
        Field.Of<int, int>("from", Index, "First output token; 0 without it. The header Last-Event-ID: N means N + 1, and wins.", (_, v) => v));

    /// <summary>Verifying.</summary>
    public static FieldTable<VerifyRequest> Verify { get; } = new(
    [
        Field.Of<VerifyRequest, Receipt>("receipt", new ObjectShape<Receipt>(ReceiptFields.Table, ReceiptFields.Empty), "The receipt.", (r, v) => r with { Receipt = v }) with { Required = true },
        Field.Of<VerifyRequest, string>("text", new TextShape(), "The output text; without it hashes alone are compared.", (r, v) => r with { Text = v }),
        .. PromptSource.Fields.In<VerifyRequest, PromptSource>(r => r.Source, (r, v) => r with { Source = v }),
    ]);

    /// <summary>Creating.</summary>
    public static FieldTable<CreateSession> Create(GatewayOptions options) => new(
    [
        Field.Of<CreateSession, string>("model", new TextShape(1, 256), "The model's name.", (r, v) => r with { Model = v }) with { Required = true },
        .. PromptSource.Fields.In<CreateSession, PromptSource>(r => r.Source, (r, v) => r with { Source = v }),
        .. GenerationFields.All(options).In<CreateSession, GenerationSettings>(r => r.Generation, (r, v) => r with { Generation = v }),
        Field.Of<CreateSession, int>("top_logprobs", new IntegerShape(0, 20), "How many of the most probable tokens to record with each token.", (r, v) => r with { TopLogProbabilities = v }),
        Field.Of<CreateSession, int>("choice", new IntegerShape(0, 99_999), "The choice index that draws are made with, as of the choices of one request.", (r, v) => r with { Choice = v }),
    ]);

    /// <summary>Going on.</summary>
    public static FieldTable<ContinueSession> Continue(GatewayOptions options) => new(
    [
        .. PromptSource.Fields.In<ContinueSession, PromptSource>(r => r.Source, (r, v) => r with { Source = v }),
        .. new[] { GenerationFields.MaxTokens("max_tokens", "Further output tokens at most."), GenerationFields.Stop(options) }
            .In<ContinueSession, GenerationSettings>(r => r.Generation, (r, v) => r with { Generation = v }),
        .. SamplingFields.All.In<ContinueSession, SamplingSettings>(r => r.Generation.Sampling, (r, v) => r with { Generation = r.Generation with { Sampling = v } }),
    ]);
}
