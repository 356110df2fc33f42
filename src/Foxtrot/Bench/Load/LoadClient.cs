using System.Net.Http.Headers;
using System.Text.Json;

namespace Foxtrot.Bench.Load;

/// <summary>Sends one streaming request after another and times the text that comes back. Allocates nothing per token.</summary>
/// <param name="http">Shared by all clients; keeps a connection for each.</param>
/// <param name="timeout">How long one request may take.</param>
/// <param name="time">The clock.</param>
internal sealed class LoadClient(HttpClient http, TimeSpan timeout, TimeProvider time)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly LineBuffer _lines = new();
    private int _texts;
    private ReplyUsage? _usage;
    private long _received;

    /// <summary>Pieces of text received by all requests so far; any thread may look.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>What this client saw.</summary>
    public LoadTally Tally { get; } = new();

    /// <summary>Sends a request and reads its reply to the end; failures are counted, not thrown.</summary>
    /// <param name="path">Where to, relative to the server.</param>
    /// <param name="body">JSON.</param>
    /// <param name="tokens">Output tokens that it asks for.</param>
    /// <param name="start">Timestamp that the wait for the first text counts from.</param>
    /// <param name="stop">Ends the measurement: an unfinished request is then no error.</param>
    /// <returns>False when the request failed.</returns>
    public async Task<bool> RunAsync(string path, ReadOnlyMemory<byte> body, int tokens, long start, CancellationToken stop)
    {
        _lines.Clear();
        _texts = 0;
        _usage = null;
        Tally.FirstToken.EnsureRoom(1);

        // Some servers send a text more than tokens, for what was held back.
        Tally.BetweenTokens.EnsureRoom(tokens + 16);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        string? error;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = Json } } };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            error = response.IsSuccessStatusCode
                ? await ReadAsync(await response.Content.ReadAsStreamAsync(limit.Token), start, limit.Token)
                : $"http_{(int)response.StatusCode}";
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException or InvalidDataException)
        {
            if (stop.IsCancellationRequested)
            {
                Tally.Unfinished++;
                Tally.Tokens += _texts;
                return true;
            }

            error = Kind(exception);
        }

        var outputs = _usage?.Output ?? _texts;
        Tally.Tokens += outputs;
        Tally.PromptTokens += _usage?.Prompt ?? 0;
        if (error is not null)
        {
            Tally.Error(error);
            return false;
        }

        Tally.Requests++;
        Tally.CountedByUsage += _usage is null ? 0 : 1;
        Tally.Short += outputs < tokens ? 1 : 0;
        return true;
    }

    // Reads to the end of the body, so that the connection can be used again.
    private async Task<string?> ReadAsync(Stream reply, long start, CancellationToken cancellationToken)
    {
        var last = start;
        var done = false;
        while (await reply.ReadAsync(_lines.Free(), cancellationToken) is var bytes and > 0)
        {
            var now = time.GetTimestamp();
            _lines.Advance(bytes);
            while (_lines.TryRead(out var line))
            {
                switch (ReplyLine.Read(line, ref _usage))
                {
                    case ReplyLineKind.Text:
                        Add(now, last);
                        last = now;
                        break;
                    case ReplyLineKind.Error:
                        return "error_event";
                    case ReplyLineKind.Done:
                        done = true;
                        break;
                    default:
                        break;
                }
            }
        }

        return done ? null : "incomplete";
    }

    private static string Kind(Exception exception) => exception switch
    {
        OperationCanceledException => "timeout",
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown or HttpRequestError.ResponseEnded } => "disconnected",
        HttpRequestException request => JsonNamingPolicy.SnakeCaseLower.ConvertName(request.HttpRequestError.ToString()),
        IOException => "disconnected",
        _ => "malformed",
    };

    private void Add(long now, long last)
    {
        Volatile.Write(ref _received, _received + 1);
        if (_texts++ == 0)
        {
            Tally.FirstToken.Add(now - last);
            return;
        }

        Tally.BetweenTokens.EnsureRoom(1);
        Tally.BetweenTokens.Add(now - last);
    }
}
