using System.Globalization;
using System.Text.Json;
using Foxtrot.Contracts.Metering;

namespace Foxtrot.Gateway.Metering;

/// <summary>Writes a ledger.</summary>
internal static class UsageJson
{
    /// <summary>A day as the API writes it.</summary>
    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Lines by day and model, the sum of each model, and the sum of all.</summary>
    public static void Write(Utf8JsonWriter json, string tenant, DateOnly from, DateOnly to, LedgerView view)
    {
        json.WriteStartObject();
        json.WriteString("object", "usage");
        json.WriteString("tenant", tenant);
        json.WriteString("from", Day(from));
        json.WriteString("to", Day(to));
        json.WriteStartArray("data");
        foreach (var line in view.Lines)
        {
            json.WriteStartObject();
            json.WriteString("date", Day(line.Day));
            json.WriteString("model", line.Model);
            Counts(json, line.Counts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("models");
        foreach (var model in view.Lines.GroupBy(line => line.Model).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("model", model.Key);
            Counts(json, Sum(model));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("total");
        Counts(json, Sum(view.Lines));
        json.WriteEndObject();
        json.WriteNumber("open_outputs", view.OpenEntries);
        json.WriteEndObject();
    }

    private static UsageCounts Sum(IEnumerable<LedgerLine> lines) => lines.Aggregate(new UsageCounts(), (sum, line) => sum + line.Counts);

    private static void Counts(Utf8JsonWriter json, UsageCounts counts)
    {
        json.WriteNumber("requests", counts.Requests);
        json.WriteNumber("aborted_requests", counts.Aborted);
        json.WriteNumber("prompt_tokens", counts.PromptTokens);
        json.WriteNumber("cached_tokens", counts.CachedTokens);
        json.WriteNumber("generated_tokens", counts.GeneratedTokens);
        json.WriteNumber("delivered_tokens", counts.DeliveredTokens);
        json.WriteNumber("undelivered_tokens", counts.UndeliveredTokens);
    }
}
