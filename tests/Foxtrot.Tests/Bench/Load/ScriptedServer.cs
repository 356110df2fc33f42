using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Tests.Bench.Load;

/// <summary>A server on a free port that answers every generation as a script says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public const string Done = "data: [DONE]\n\n";

    private readonly WebApplication _app;

    private ScriptedServer(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Url => _app.Urls.Single();

    /// <summary>Starts a server that lists one model, "scripted".</summary>
    /// <param name="reply">Answers one POST, given its path and body.</param>
    public static async Task<ScriptedServer> StartAsync(Func<HttpContext, JsonElement, Task> reply)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.MapGet("/v1/models", () => Results.Text("""{"object":"list","data":[{"id":"scripted","object":"model"}]}""", "application/json"));
        app.MapPost("/{**path}", async context =>
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            await reply(context, body.RootElement);
        });
        await app.StartAsync();
        return new ScriptedServer(app);
    }

    /// <summary>A server that sends as many texts as were asked for, with a count at the end if that was asked for.</summary>
    public static Task<ScriptedServer> StartWholeAsync() => StartAsync((context, body) => SendAsync(context, Whole(body)));

    /// <summary>The chunk that carries one text.</summary>
    public static string Text(string text) => $$"""data: {"id":"cmpl-1","choices":[{"index":0,"text":{{JsonSerializer.Serialize(text)}},"finish_reason":null}],"usage":null}""" + "\n\n";

    /// <summary>The chunk that carries the count of tokens.</summary>
    public static string Usage(int tokens) => $$$"""data: {"id":"cmpl-1","choices":[],"usage":{"prompt_tokens":4,"completion_tokens":{{{tokens}}},"total_tokens":{{{tokens + 4}}}}}""" + "\n\n";

    /// <summary>The whole stream that answers a request.</summary>
    public static string Whole(JsonElement body)
    {
        var tokens = body.GetProperty("max_tokens").GetInt32();
        return string.Concat(Enumerable.Range(0, tokens).Select(i => Text($" \"t{i}\""))) + (body.TryGetProperty("stream_options", out _) ? Usage(tokens) : "") + Done;
    }

    /// <summary>Sends a part of a stream at once.</summary>
    public static async Task SendAsync(HttpContext context, string part)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream";
        }

        await context.Response.WriteAsync(part, Encoding.UTF8);
        await context.Response.Body.FlushAsync();
    }

    /// <summary>Whether the request asks what the server can, before anything is measured.</summary>
    public static bool IsProbe(JsonElement body) => body.GetProperty("max_tokens").GetInt32() == 1;

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
