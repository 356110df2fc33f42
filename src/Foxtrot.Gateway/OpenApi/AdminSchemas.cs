using Microsoft.OpenApi;
using static Foxtrot.Gateway.OpenApi.Json;

namespace Foxtrot.Gateway.OpenApi;

/// <summary>The schemas of the admin API's answers, by name.</summary>
internal static class AdminSchemas
{
    /// <summary>The schemas.</summary>
    public static (string Name, OpenApiSchema Schema)[] All(OpenApiDocument document)
    {
        IOpenApiSchema Of(string name) => new OpenApiSchemaReference(name, document);
        OpenApiSchema ListOf(string name) => Object(("object", Word("list")), ("data", List(Of(name))));
        OpenApiSchema Deleted(string what) => Object(("id", Text), ("object", Word(what)), ("deleted", Flag));
        (string, IOpenApiSchema)[] key = [("id", Text), ("object", Word("key")), ("name", Text), ("created", Text), ("expires", OrNull(Text))];
        return
        [
            ("Tenant", Object(
                ("id", Text), ("object", Word("tenant")), ("source", Word("api", "file")), ("created", Text), ("weight", Number), ("limits", Of("Limits")), ("keys", List(Of("Key"))))),
            ("Limits", Object(
                ("requests_per_minute", OrNull(Integer)), ("tokens_per_minute", OrNull(Integer)), ("concurrent_sequences", OrNull(Integer)), ("queue_length", OrNull(Integer)),
                ("max_tokens", OrNull(Integer)), ("models", OrNull(List(Text))), ("max_wait_seconds", OrNull(Number)))),
            ("TenantList", ListOf("Tenant")),
            ("TenantDeleted", Deleted("tenant")),
            ("Key", Object(key)),
            ("NewKey", Object([.. key, ("key", Text)])),
            ("KeyList", ListOf("Key")),
            ("KeyDeleted", Deleted("key")),
            ("Worker", Object(
                ("id", Text), ("object", Word("worker")), ("draining", Flag),
                ("models", List(Object(
                    ("model", Text), ("device", Text), ("fingerprint", Text), ("exact", Flag), ("slots", Integer), ("running", Integer), ("waiting", Integer), ("output_tokens", Integer)))))),
            ("WorkerList", ListOf("Worker")),
            ("AuditList", Object(
                ("object", Word("list")),
                ("data", List(Object(
                    ("number", Integer), ("time", Text), ("who", Text), ("action", Text), ("target", Text), ("request_id", Text), ("address", OrNull(Text))))),
                ("has_more", Flag))),
        ];
    }
}
