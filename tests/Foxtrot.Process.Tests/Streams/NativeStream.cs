using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Foxtrot.Process.Tests.Streams;

/// <summary>Creates a session and reads its stream, connecting again with <c>Last-Event-ID</c> to whichever gateway there is.</summary>
internal static class NativeStream
{
    private static readonly TimeSpan Reconnection = TimeSpan.FromMilliseconds(100);

    /// <summary>Creates a session and records its stream until its end.</summary>
    /// <param name="http">Without a time limit of its own.</param>
    /// <param name="gateway">The gateway to use for the next connection.</param>
    /// <param name="plan">The session.</param>
    /// <param name="record">Takes what comes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The session's name.</returns>
    public static async Task<string> RunAsync(
        HttpClient http, Func<Uri> gateway, StreamPlan plan, StreamRecord record, CancellationToken cancellationToken)
    {
        var id = await ReconnectingAsync(record, () => CreateAsync(http, gateway(), plan, cancellationToken), cancellationToken);
        await ReconnectingAsync(record, () => ReadAsync(http, gateway(), id, plan.Name, record, cancellationToken), cancellationToken);
        return id;
    }

    /// <summary>Creates a session.</summary>
    /// <returns>Its name.</returns>
    public static async Task<string> CreateAsync(HttpClient http, Uri gateway, StreamPlan plan, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync(new Uri(gateway, "/v1/sessions"), plan.Body, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.StatusCode != HttpStatusCode.Created)
        {
            throw new HttpRequestException($"{plan.Name}: {(int)response.StatusCode} {body}", null, response.StatusCode);
        }

        using var session = JsonDocument.Parse(body);
        return session.RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Records a session's stream from where the record ends until its end.</summary>
    /// <returns>True; the stream has ended.</returns>
    /// <exception cref="HttpRequestException">The connection broke, or the server refused.</exception>
    /// <exception cref="InvalidDataException">A gap, a repeat, or an error in the stream.</exception>
    public static async Task<bool> ReadAsync(
        HttpClient http, Uri gateway, string id, string name, StreamRecord record, CancellationToken cancellationToken)
    {
        var choice = record.Choice(0);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway, $"/v1/sessions/{id}/stream"));
        if (choice.Tokens.Count > 0)
        {
            request.Headers.Add("Last-Event-ID", (choice.Tokens.Count - 1).ToString(CultureInfo.InvariantCulture));
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"{name}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}", null, response.StatusCode);
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var sse in SseReader.ReadAsync(body, cancellationToken))
        {
            if (Observe(name, record, choice, sse))
            {
                return true;
            }
        }

        throw new HttpRequestException($"{name}: the stream broke off after {record.Tokens} tokens.");
    }

    private static bool Observe(string name, StreamRecord record, ChoiceRecord choice, ServerSentEvent sse)
    {
        using var document = JsonDocument.Parse(sse.Data);
        var data = document.RootElement;
        switch (sse.Event)
        {
            case null:
                var position = choice.Tokens.Count.ToString(CultureInfo.InvariantCulture);
                if (sse.Id != position)
                {
                    throw new InvalidDataException($"{name}: expected token {position}, got {sse.Id}: {sse.Data}");
                }

                choice.Tokens.Add(data.GetProperty("token_id").GetInt32());
                choice.Text.Append(data.GetProperty("text").GetString());
                choice.Details.Add(sse.Data);
                record.Arrived(1);
                return false;

            case "end":
                choice.Text.Append(data.GetProperty("text").GetString());
                choice.Finish = data.GetProperty("finish_reason").GetString();
                record.Usage = data.GetProperty("usage").GetRawText();
                record.Arrived(0);
                return true;

            case "start":
                return false;

            default:
                throw new InvalidDataException($"{name}: after {record.Tokens} tokens: {sse.Event} {sse.Data}");
        }
    }

    // As a browser's EventSource does, and as clients do with 503: wait a moment, then try again.
    private static async Task<T> ReconnectingAsync<T>(StreamRecord record, Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (Exception e) when (IsLostConnection(e) && !cancellationToken.IsCancellationRequested)
            {
                record.Reconnections++;
                await Task.Delay(Reconnection, cancellationToken);
            }
        }
    }

    private static bool IsLostConnection(Exception e) =>
        e is HttpRequestException { StatusCode: null or HttpStatusCode.ServiceUnavailable } or IOException;
}
