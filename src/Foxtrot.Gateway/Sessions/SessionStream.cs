using System.Globalization;
using Foxtrot.Client.Streams;
using Foxtrot.Contracts.Streams;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Security;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Sessions;

/// <summary>
/// <c>GET /v1/sessions/{id}/stream</c>: the output from any token on, what is still to come included. A client that leaves stops
/// nothing; it comes back to any gateway with Last-Event-ID.
/// </summary>
internal sealed class SessionStream(ISessionStreams streams, ModelLookup models, ITenantSource tenants, GatewayOptions options, TimeProvider time)
{
    private const string LastEventId = "Last-Event-ID";

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var key = models.FindSession((string?)context.Request.RouteValues["id"], tenants.TenantOf(context).Id);
        Caller.Note(context, key.Session);
        var from = From(context);
        var samplerVersion = models.Find(key.Model).SamplerVersion;
        await using var reader = streams.Tail(key, from, context.Request.Headers.ContainsKey(LastEventId));
        if (await reader.StartAsync(context.RequestAborted) is { } refusal)
        {
            throw new ApiException(ApiError.Of(refusal));
        }

        await using var events = EventStream.Open(context, time, options);
        StreamStart? said = null;
        try
        {
            bool more;
            do
            {
                // The start goes out before the first token is there; after that, the wait comes first.
                more = said is null || await reader.WaitToReadAsync(context.RequestAborted);
                await events.EnterAsync(context.RequestAborted);
                try
                {
                    Write(events, reader, samplerVersion, ref said, more);
                    await events.FlushAsync(context.RequestAborted);
                }
                finally
                {
                    events.Exit();
                }
            }
            while (more);
        }
        catch (Exception failure) when (failure is not OperationCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            WriteError(events, failure.ToError(options));
            await events.FlushAsync(context.RequestAborted);
        }
    }

    private static void Write(EventStream events, GenerationReader reader, int samplerVersion, ref StreamStart? said, bool more)
    {
        var json = events.Json;
        if (!ReferenceEquals(said, reader.Start) && said?.Fingerprint != reader.Start?.Fingerprint)
        {
            SessionEvents.WriteStart(json, reader.Key, reader.Start!, samplerVersion);
        }

        said = reader.Start;
        while (!events.Full && reader.TryRead(out var token))
        {
            SessionEvents.WriteToken(json, token);
        }

        if (more)
        {
            return;
        }

        if (reader.End is { Error: null, Finish: not Finish.Failed } end)
        {
            SessionEvents.WriteEnd(json, end);
        }
        else
        {
            WriteError(events, reader.End.ToError() ?? ApiError.Internal);
        }
    }

    private static void WriteError(EventStream events, ApiError error)
    {
        events.Json.Raw("event: error\ndata: "u8);
        events.Json.Raw(ErrorBody.Bytes(error).Span);
        events.Json.Raw("\n\n"u8);
    }

    private static int From(HttpContext context)
    {
        var from = QueryFields.Read(context, SessionFields.Stream, 0);
        if (context.Request.Headers[LastEventId] is not { Count: > 0 } given)
        {
            return from;
        }

        return given is [{ } one] && int.TryParse(one, NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last < int.MaxValue
            ? last + 1
            : throw new ApiException(new(400, $"{LastEventId} must be an integer in [0, {int.MaxValue - 1}], but is {FieldErrors.Shorten(given.ToString())}", LastEventId, "invalid_value"));
    }
}
