using System.Diagnostics;
using System.Text.Json;
using Foxtrot.Commands;
using Foxtrot.Inference.Engine;

namespace Foxtrot.Output;

/// <summary>The document that <c>foxtrot generate --json</c> prints.</summary>
internal static class GenerateJson
{
    /// <summary>Writes it for choices that have ended.</summary>
    public static void Write(TextWriter output, ServedModel model, GenerationRequest request, IReadOnlyList<Choice> choices, TimeSpan loaded)
    {
        using var document = new JsonDocumentWriter(output);
        var json = document.Json;
        json.WriteStartObject();
        json.WriteString("model", model.Folder.Name);
        JsonDocumentWriter.WriteArray(json, "prompt_tokens", request.Log.Tokens);

        // A decimal string: JSON numbers lose the low bits of large seeds in many readers.
        json.WriteString("seed", request.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WritePropertyName("parameters");
        ParametersJson.Write(json, request);
        json.WriteStartArray("choices");
        foreach (var choice in choices)
        {
            WriteChoice(json, model, choice);
        }

        json.WriteEndArray();
        WriteTimings(json, choices, loaded);
        json.WriteStartObject("fingerprint");
        json.WriteString("hash", model.Fingerprint.Hash);
        json.WriteBoolean("exact", model.Fingerprint.IsExact);
        if (model.Fingerprint.Inexact is { } reason)
        {
            json.WriteString("reason", reason);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The name that OpenAI's API gives a finish reason.</summary>
    public static string NameOf(FinishReason? reason) => reason switch
    {
        FinishReason.EndToken or FinishReason.StopString => "stop",
        FinishReason.Length => "length",
        FinishReason.Cancelled => "cancelled",
        _ => "error",
    };

    private static void WriteChoice(Utf8JsonWriter json, ServedModel model, Choice choice)
    {
        json.WriteStartObject();
        json.WriteNumber("index", choice.Generation.Request.Choice);
        JsonDocumentWriter.WriteArray(json, "tokens", choice.Generation.TokenIds());
        json.WriteString("text", choice.Text.Finish());
        json.WriteString("finish_reason", NameOf(choice.Generation.FinishReason));
        if (choice.Explanations.Count > 0)
        {
            json.WriteStartArray("explanations");
            for (var at = 0; at < choice.Explanations.Count; at++)
            {
                ExplanationJson.Write(json, at, choice.Explanations[at], model.Tokenizer);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteTimings(Utf8JsonWriter json, IReadOnlyList<Choice> choices, TimeSpan loaded)
    {
        var submitted = choices.Min(c => c.Generation.Timings.Submitted);
        var finished = choices.Max(c => c.Generation.Timings.Finished);
        var first = choices.Min(c => c.Generation.Timings.FirstToken);
        var total = Stopwatch.GetElapsedTime(submitted, finished);
        var tokens = choices.Sum(c => c.Generation.Count);
        json.WriteStartObject("timings");
        json.WriteNumber("load_ms", Math.Round(loaded.TotalMilliseconds, 3));
        json.WriteNumber("time_to_first_token_ms", first == 0 ? 0 : Math.Round(Stopwatch.GetElapsedTime(submitted, first).TotalMilliseconds, 3));
        json.WriteNumber("total_ms", Math.Round(total.TotalMilliseconds, 3));
        json.WriteNumber("tokens_per_s", Math.Round(tokens / Math.Max(total.TotalSeconds, 1e-9), 1));
        json.WriteEndObject();
    }
}
