using System.Globalization;
using System.Text.Json;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Gateway.Admin;

/// <summary>Writes the admin API's answers.</summary>
internal static class AdminJson
{
    /// <summary>A time as RFC 3339 writes it, in UTC.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>A list.</summary>
    public static void WriteList<T>(Utf8JsonWriter json, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A tenant.</summary>
    public static void Write(Utf8JsonWriter json, Tenant tenant)
    {
        json.WriteStartObject();
        json.WriteString("id", tenant.Id);
        json.WriteString("object", "tenant");
        json.WriteString("source", tenant.FromFile ? "file" : "api");
        json.WriteString("created", Time(tenant.Created));
        json.WriteNumber("weight", tenant.Weight);
        json.WriteStartObject("limits");
        Write(json, "requests_per_minute", tenant.Limits.RequestsPerMinute);
        Write(json, "tokens_per_minute", tenant.Limits.TokensPerMinute);
        Write(json, "concurrent_sequences", tenant.Limits.ConcurrentSequences);
        Write(json, "queue_length", tenant.Limits.QueueLength);
        Write(json, "max_tokens", tenant.Limits.MaxTokens);
        WriteModels(json, tenant.Limits.Models);
        Write(json, "max_wait_seconds", tenant.Limits.MaxWaitSeconds);
        json.WriteEndObject();
        json.WriteStartArray("keys");
        foreach (var key in tenant.Keys)
        {
            Write(json, key);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A key, without the key itself.</summary>
    public static void Write(Utf8JsonWriter json, TenantKey key) => Write(json, key, null);

    /// <summary>A key that has just been made, with the key itself.</summary>
    public static void WriteNew(Utf8JsonWriter json, TenantKey key, string text) => Write(json, key, text);

    /// <summary>Something that is gone.</summary>
    public static void WriteDeleted(Utf8JsonWriter json, string id, string what)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("object", what);
        json.WriteBoolean("deleted", true);
        json.WriteEndObject();
    }

    /// <summary>A worker.</summary>
    public static void Write(Utf8JsonWriter json, WorkerState worker)
    {
        json.WriteStartObject();
        json.WriteString("id", worker.Id);
        json.WriteString("object", "worker");
        json.WriteBoolean("draining", worker.Draining);
        json.WriteStartArray("models");
        foreach (var model in worker.Models)
        {
            json.WriteStartObject();
            json.WriteString("model", model.Info.Name);
            json.WriteString("device", model.Info.Device);
            json.WriteString("fingerprint", model.Info.Fingerprint);
            json.WriteBoolean("exact", model.Info.Exact);
            json.WriteNumber("slots", model.Info.Slots);
            json.WriteNumber("running", model.Running);
            json.WriteNumber("waiting", model.Waiting);
            json.WriteNumber("output_tokens", model.OutputTokens);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A part of the audit log.</summary>
    public static void Write(Utf8JsonWriter json, AuditPage page)
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var entry in page.Entries)
        {
            json.WriteStartObject();
            json.WriteNumber("number", entry.Number);
            json.WriteString("time", Time(entry.Time));
            json.WriteString("who", entry.By.Who);
            json.WriteString("action", entry.Action);
            json.WriteString("target", entry.Target);
            json.WriteString("request_id", entry.By.RequestId);
            json.WriteString("address", entry.By.Address);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("has_more", page.More);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TenantKey key, string? text)
    {
        json.WriteStartObject();
        json.WriteString("id", key.Id);
        json.WriteString("object", "key");
        json.WriteString("name", key.Name);
        json.WriteString("created", Time(key.Created));
        json.WriteString("expires", key.Expires is { } expires ? Time(expires) : null);
        if (text is not null)
        {
            json.WriteString("key", text);
        }

        json.WriteEndObject();
    }

    private static void WriteModels(Utf8JsonWriter json, string[]? models)
    {
        if (models is null)
        {
            json.WriteNull("models");
            return;
        }

        json.WriteStartArray("models");
        foreach (var model in models)
        {
            json.WriteStringValue(model);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
