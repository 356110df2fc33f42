using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Process.Tests.Telemetry;

/// <summary>Takes what processes send by OTLP over HTTP (opentelemetry-proto 1.x, binary), as a collector does.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, ByteString Body)> _received = [];
    private WebApplication _app = null!;

    /// <summary>Where to send.</summary>
    public string Url => _app.Urls.Single();

    /// <summary>Spans: trace_id = 1, span_id = 2, parent_span_id = 4, name = 5, attributes = 9, links = 13.</summary>
    public IEnumerable<ProtoMessage> Spans => Requests("/v1/traces").SelectMany(r => r.All(1, 2, 2));

    /// <summary>Metrics: name = 1, unit = 3, histogram = 9.</summary>
    public IEnumerable<ProtoMessage> Metrics => Requests("/v1/metrics").SelectMany(r => r.All(1, 2, 2));

    /// <summary>Log records: body = 5, attributes = 6, trace_id = 9.</summary>
    public IEnumerable<ProtoMessage> Logs => Requests("/v1/logs").SelectMany(r => r.All(1, 2, 2));

    /// <summary>Everything, as bytes.</summary>
    public IEnumerable<ByteString> Bodies => _received.Select(r => r.Body);

    /// <summary>Starts one on a free port.</summary>
    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        receiver._app = builder.Build();
        receiver._app.MapPost("/v1/{signal}", async context =>
        {
            receiver._received.Enqueue((context.Request.Path, await ByteString.FromStreamAsync(context.Request.Body)));
            context.Response.ContentType = "application/x-protobuf";
        });
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IEnumerable<ProtoMessage> Requests(string path) => _received.Where(r => r.Path == path).Select(r => new ProtoMessage(r.Body));
}
