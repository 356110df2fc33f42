using System.Globalization;
using System.Text.Json;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;

namespace Foxtrot.Gateway.Sessions;

/// <summary>Writes sessions and what operations on them answer.</summary>
internal static class SessionJson
{
    /// <summary>A session.</summary>
    public static void Write(Utf8JsonWriter json, SessionView view)
    {
        json.WriteStartObject();
        WriteEntry(json, view.Id, view.Model, view.Created);
        json.WriteString("state", view.Status == SessionStatus.Running ? "running" : "finished");
        json.WriteString("finish_reason", view.Finish is { } finish ? FinishReason(finish) : null);
        json.WriteString("seed", view.Seed.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("choice", view.Choice);
        json.WritePropertyName("sampling");
        SamplingJson.Write(json, view.Sampling);
        json.WriteNumber("max_tokens", view.MaxTokens);
        SamplingJson.Write(json, "stop", view.Stop);
        SamplingJson.Write(json, "token_ids", view.Tokens);
        json.WriteString("text", view.Text);
        json.WritePropertyName("usage");
        Write(json, view.Usage);
        if (view.Lineage is { } lineage)
        {
            json.WriteStartObject("lineage");
            json.WriteString("parent", lineage.Parent);
            json.WriteNumber("at", lineage.At);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("lineage");
        }

        json.WritePropertyName("receipt");
        ReceiptJson.Write(json, view.Receipt);
        json.WriteBoolean("exact", view.Exact);
        json.WriteNumber("epoch", view.Epoch);
        json.WriteString("error", view.Error?.Message);
        json.WriteEndObject();
    }

    /// <summary>A page of the index.</summary>
    public static void Write(Utf8JsonWriter json, SessionPage page)
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var entry in page.Entries)
        {
            json.WriteStartObject();
            WriteEntry(json, entry.Id, entry.Model, entry.Created);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("last_id", page.Entries is [.., var last] ? last.Id : null);
        json.WriteBoolean("has_more", page.More);
        json.WriteEndObject();
    }

    /// <summary>That a session is gone.</summary>
    public static void WriteDeleted(Utf8JsonWriter json, SessionId id)
    {
        json.WriteStartObject();
        json.WriteString("id", id.ToString());
        json.WriteString("object", "session");
        json.WriteBoolean("deleted", true);
        json.WriteEndObject();
    }

    /// <summary>Usage, as the OpenAI routes have it.</summary>
    public static void Write(Utf8JsonWriter json, Usage usage)
    {
        json.WriteStartObject();
        json.WriteNumber("prompt_tokens", usage.PromptTokens);
        json.WriteNumber("completion_tokens", usage.CompletionTokens);
        json.WriteNumber("total_tokens", (long)usage.PromptTokens + usage.CompletionTokens);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", usage.CachedTokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>What a verification found.</summary>
    public static void Write(Utf8JsonWriter json, VerifyView view)
    {
        json.WriteStartObject();
        json.WriteBoolean("match", view.Match);
        if (view.Position < 0)
        {
            json.WriteNull("position");
        }
        else
        {
            json.WriteNumber("position", view.Position);
        }

        json.WriteString("reason", view.Reason);
        json.WriteEndObject();
    }

    /// <summary>Why a turn ended.</summary>
    public static string FinishReason(Finish finish) => finish switch
    {
        Finish.Stop => "stop",
        Finish.Length => "length",
        Finish.Cancelled => "cancelled",
        _ => "failed",
    };

    private static void WriteEntry(Utf8JsonWriter json, string id, string model, DateTimeOffset created)
    {
        json.WriteString("id", id);
        json.WriteString("object", "session");
        json.WriteString("model", model);
        json.WriteNumber("created", created.ToUnixTimeSeconds());
    }
}
