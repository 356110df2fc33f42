using System.Net;
using System.Text.Json;

namespace Foxtrot.Bench.Load;

/// <summary>Finds out, before anything is measured, what a server has and which fields it takes.</summary>
internal static class LoadTarget
{
    /// <summary>The requests that the server answers.</summary>
    /// <exception cref="LoadTargetException">It has no model, or answers no request.</exception>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    public static async Task<LoadRequest> FindAsync(HttpClient http, LoadBenchOptions options, CancellationToken cancellationToken)
    {
        var first = new LoadRequest(options, options.Model ?? await FirstModelAsync(http, cancellationToken));

        // Both fields are extensions, which most servers that do not know them ignore, and some refuse.
        LoadRequest[] attempts =
        [
            first,
            first with { IgnoreEnd = false },
            first with { IncludeUsage = false },
            first with { IgnoreEnd = false, IncludeUsage = false },
        ];
        string? refusal = null;
        foreach (var request in attempts.Distinct())
        {
            using var content = new ReadOnlyMemoryContent(request.Body(-1, 1)) { Headers = { ContentType = new("application/json") } };
            using var response = await http.PostAsync(request.Path, content, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return request;
            }

            refusal ??= $"{request.Path} answers {(int)response.StatusCode}: {await MessageAsync(response, cancellationToken)}";
            if (response.StatusCode is not (HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity))
            {
                break;
            }
        }

        throw new LoadTargetException($"{options.Server}{refusal}");
    }

    private static async Task<string> FirstModelAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync("v1/models", cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new LoadTargetException($"{http.BaseAddress}v1/models answers {(int)response.StatusCode}: give the model's name with --model");
        }

        try
        {
            using var document = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
            foreach (var model in document.RootElement.GetProperty("data").EnumerateArray())
            {
                return model.GetProperty("id").GetString()!;
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new LoadTargetException($"{http.BaseAddress}v1/models does not answer with a list of models: give the model's name with --model");
        }

        throw new LoadTargetException($"{http.BaseAddress}v1/models lists no model");
    }

    private static async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.GetProperty("error").GetProperty("message").GetString() ?? text;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return text.Length > 200 ? text[..200] : text;
        }
    }
}

/// <summary>A server that cannot be measured: one line for people.</summary>
internal sealed class LoadTargetException(string message) : Exception(message);
