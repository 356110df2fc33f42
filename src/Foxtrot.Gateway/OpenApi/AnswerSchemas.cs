using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Sessions;
using Microsoft.OpenApi;
using static Foxtrot.Gateway.OpenApi.Json;

namespace Foxtrot.Gateway.OpenApi;

/// <summary>The schemas of all answers, by name. Closed: an answer with a field too many does not match.</summary>
internal static class AnswerSchemas
{
    /// <summary>Adds them to a document.</summary>
    public static void AddTo(OpenApiDocument document)
    {
        foreach (var (name, schema) in Shared().Concat(OpenAi(document)).Concat(Native(document)).Concat(AdminSchemas.All(document)))
        {
            document.AddComponent(name, schema);
        }
    }

    private static (string Name, OpenApiSchema Schema)[] Shared() =>
    [
        ("Error", Object(("error", Object(("message", Text), ("type", Text), ("param", OrNull(Text)), ("code", OrNull(Text)))))),
        ("Usage", Object(
            ("prompt_tokens", Integer), ("completion_tokens", Integer), ("total_tokens", Integer), ("prompt_tokens_details", Object(("cached_tokens", Integer))))),
        ("TenantUsage", Object(
            ("object", Word("usage")), ("tenant", Text), ("from", Text), ("to", Text), ("data", List(Object([("date", Text), ("model", Text), .. Counts()]))),
            ("models", List(Object([("model", Text), .. Counts()]))), ("total", Object(Counts())), ("open_outputs", Integer))),
        ("Sampling", new FieldTable<Contracts.Sessions.SamplingSettings>(SamplingFields.All).Schema()),
        ("Receipt", ReceiptFields.Table.Schema()),
    ];

    private static (string Name, IOpenApiSchema Schema)[] Counts() =>
    [
        ("requests", Integer), ("aborted_requests", Integer), ("prompt_tokens", Integer), ("cached_tokens", Integer), ("generated_tokens", Integer),
        ("delivered_tokens", Integer), ("undelivered_tokens", Integer),
    ];

    private static (string Name, OpenApiSchema Schema)[] OpenAi(OpenApiDocument document)
    {
        IOpenApiSchema Of(string name) => new OpenApiSchemaReference(name, document);
        var finish = Word("stop", "length");
        (string, IOpenApiSchema)[] head = [("id", Text), ("created", Integer), ("model", Text), ("system_fingerprint", Text), ("seed", Seed)];
        (string, IOpenApiSchema)[] extras = [("token_ids?", List(Integer)), ("receipt?", Of("Receipt"))];
        var chatLogprobs = OrNull(Of("ChatLogprobs"));
        var completionLogprobs = OrNull(Of("CompletionLogprobs"));
        OpenApiSchema Answer(string what, OpenApiSchema choice, string usage, IOpenApiSchema usageSchema) =>
            Object([.. head, ("object", Word(what)), ("choices", List(choice)), (usage, usageSchema)]);
        return
        [
            ("Model", Object(
                ("id", Text), ("object", Word("model")), ("created", Integer), ("owned_by", Text), ("system_fingerprint", Text), ("exact", Flag),
                ("context_length", Integer), ("vocabulary", Integer), ("chat", Flag))),
            ("ModelList", Object(("object", Word("list")), ("data", List(Of("Model"))))),
            ("TopLogprob", Object(("token", Text), ("logprob", Number), ("bytes", List(Integer)))),
            ("ChatLogprobs", Object(
                ("content", List(Object(("token", Text), ("logprob", Number), ("bytes", List(Integer)), ("top_logprobs", List(Of("TopLogprob")))))),
                ("refusal", new OpenApiSchema { Type = JsonSchemaType.Null }))),
            ("CompletionLogprobs", Object(
                ("tokens", List(Text)), ("token_logprobs", List(Number)), ("top_logprobs", OrNull(List(Map(Number)))), ("text_offset", List(Integer)))),
            ("ChatCompletion", Answer(
                "chat.completion",
                Object([("index", Integer), ("message", Object(("role", Word("assistant")), ("content", Text), ("refusal", new OpenApiSchema { Type = JsonSchemaType.Null }))), ("logprobs", chatLogprobs), ("finish_reason", finish), .. extras]),
                "usage",
                Of("Usage"))),
            ("ChatCompletionChunk", Answer(
                "chat.completion.chunk",
                Object([("index", Integer), ("delta", Object(("role?", Word("assistant")), ("content?", Text))), ("logprobs", chatLogprobs), ("finish_reason", OrNull(finish)), .. extras]),
                "usage?",
                OrNull(Of("Usage")))),
            ("Completion", Answer(
                "text_completion",
                Object([("index", Integer), ("text", Text), ("logprobs", completionLogprobs), ("finish_reason", finish), .. extras]),
                "usage",
                Of("Usage"))),
            ("CompletionChunk", Answer(
                "text_completion",
                Object([("index", Integer), ("text", Text), ("logprobs", completionLogprobs), ("finish_reason", OrNull(finish)), .. extras]),
                "usage?",
                OrNull(Of("Usage")))),
        ];
    }

    private static (string Name, OpenApiSchema Schema)[] Native(OpenApiDocument document)
    {
        IOpenApiSchema Of(string name) => new OpenApiSchemaReference(name, document);
        var finish = Word("stop", "length", "cancelled", "failed");
        (string, IOpenApiSchema)[] entry = [("id", Text), ("object", Word("session")), ("model", Text), ("created", Integer)];
        return
        [
            ("Session", Object(
            [
                .. entry, ("state", Word("running", "finished")), ("finish_reason", OrNull(finish)), ("seed", Seed), ("choice", Integer), ("sampling", Of("Sampling")),
                ("max_tokens", Integer), ("stop", List(Text)), ("token_ids", List(Integer)), ("text", Text), ("usage", Of("Usage")),
                ("lineage", OrNull(Object(("parent", Text), ("at", Integer)))), ("receipt", OrNull(Of("Receipt"))), ("exact", Flag), ("epoch", Integer),
                ("error", OrNull(Text)),
            ])),
            ("SessionList", Object(("object", Word("list")), ("data", List(Object(entry))), ("last_id", OrNull(Text)), ("has_more", Flag))),
            ("SessionDeleted", Object(("id", Text), ("object", Word("session")), ("deleted", Flag))),
            ("SessionStart", Object(("id", Text), ("model", Text), ("prompt_tokens", Integer), ("seed", Seed), ("system_fingerprint", Text), ("exact", Flag))),
            ("SessionToken", Object(
                ("index", Integer), ("token_id", Integer), ("text", Text), ("probability", OrNull(Number)), ("u", OrNull(Number)), ("logprob", OrNull(Number)), ("token?", Text),
                ("top_logprobs?", List(Object(("token_id", Integer), ("token", Text), ("logprob", OrNull(Number))))))),
            ("SessionEnd", Object(("finish_reason", finish), ("tokens", Integer), ("text", Text), ("usage", Of("Usage")), ("receipt", OrNull(Of("Receipt"))))),
            ("Explanation", Object(
                ("object", Word("explanation")), ("at", Integer), ("position", Integer), ("seed", Seed), ("choice", Integer), ("draw", Text), ("u", OrNull(Number)), ("selected", Integer),
                ("stages", List(Object(("name", Text), ("value", OrNull(Number)), ("candidates", Integer), ("removed", Integer)))),
                ("tokens", List(Object(
                    ("id", Integer), ("text", Text), ("logit", OrNull(Number)), ("probability", OrNull(Number)), ("probability_after_stage", List(Number)),
                    ("removed_by", OrNull(Text)), ("low", OrNull(Number)), ("high", OrNull(Number)), ("gumbel_score", OrNull(Number)), ("selected", Flag)))))),
            ("Resample", Object(
                ("object", Word("resample")), ("at", Integer), ("draws", Integer),
                ("tokens", List(Object(("id", Integer), ("text", Text), ("count", Integer), ("original", Flag)))))),
            ("Verification", Object(("match", Flag), ("position", OrNull(Integer)), ("reason", OrNull(Text)))),
        ];
    }
}
