using System.Net.Http.Json;
using System.Text.Json;

namespace Foxtrot.Process.Tests.Streams;

/// <summary>Reads a stream of the OpenAI-compatible API, chunk by chunk, and checks what holds for every such stream.</summary>
internal static class OpenAiStream
{
    private const string Done = "[DONE]";

    /// <summary>Sends the request and records the stream until its end.</summary>
    /// <exception cref="HttpRequestException">The server refused, or the connection broke.</exception>
    /// <exception cref="InvalidDataException">The stream is not what the API promises.</exception>
    public static async Task ReadAsync(HttpClient http, Uri gateway, StreamPlan plan, StreamRecord record, CancellationToken cancellationToken)
    {
        var path = plan.Kind == StreamKind.Chat ? "/v1/chat/completions" : "/v1/completions";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, path)) { Content = JsonContent.Create(plan.Body) };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"{plan.Name}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}", null, response.StatusCode);
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var done = false;
        await foreach (var sse in SseReader.ReadAsync(body, cancellationToken))
        {
            if (done)
            {
                throw new InvalidDataException($"{plan.Name}: an event behind [DONE]: {sse.Data}");
            }

            done = sse.Data == Done;
            if (!done)
            {
                Observe(plan, record, sse.Data);
            }
        }

        if (!done)
        {
            throw new HttpRequestException($"{plan.Name}: the stream ended without [DONE] after {record.Tokens} tokens.");
        }
    }

    private static void Observe(StreamPlan plan, StreamRecord record, string data)
    {
        using var document = JsonDocument.Parse(data);
        var chunk = document.RootElement;
        if (chunk.TryGetProperty("error", out _))
        {
            throw new InvalidDataException($"{plan.Name}: an error in the stream after {record.Tokens} tokens: {data}");
        }

        var tokens = 0;
        foreach (var part in chunk.GetProperty("choices").EnumerateArray())
        {
            var choice = record.Choice(part.GetProperty("index").GetInt32());
            if (choice.Finish is not null)
            {
                throw new InvalidDataException($"{plan.Name}: a choice goes on behind its finish reason: {data}");
            }

            choice.Text.Append(Text(plan, part));
            tokens += Tokens(part, choice);
            Details(plan, part, choice);
            choice.Finish = part.GetProperty("finish_reason").GetString();
        }

        if (chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
        {
            record.Usage = usage.GetRawText();
        }

        record.Arrived(tokens);
    }

    private static string? Text(StreamPlan plan, JsonElement part) => plan.Kind == StreamKind.Chat
        ? part.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : null
        : part.GetProperty("text").GetString();

    private static int Tokens(JsonElement part, ChoiceRecord choice)
    {
        if (!part.TryGetProperty("token_ids", out var ids) || ids.ValueKind != JsonValueKind.Array)
        {
            return 0;
        }

        choice.Tokens.AddRange(ids.EnumerateArray().Select(id => id.GetInt32()));
        return ids.GetArrayLength();
    }

    private static void Details(StreamPlan plan, JsonElement part, ChoiceRecord choice)
    {
        if (!part.TryGetProperty("logprobs", out var logprobs) || logprobs.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (plan.Kind == StreamKind.Chat)
        {
            choice.Details.AddRange(logprobs.GetProperty("content").EnumerateArray().Select(entry => entry.GetRawText()));
            return;
        }

        // Four parallel arrays, cut wherever the chunks were.
        var count = logprobs.GetProperty("tokens").GetArrayLength();
        for (var i = 0; i < count; i++)
        {
            choice.Details.Add(string.Join(' ', logprobs.EnumerateObject().Select(array => $"{array.Name}={Entry(array.Value, i)}")));
        }
    }

    private static string Entry(JsonElement array, int index) =>
        array.ValueKind == JsonValueKind.Array && array.GetArrayLength() > index ? array[index].GetRawText() : "null";
}
