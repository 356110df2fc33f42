using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Foxtrot.Client.Streams;
using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Metering;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>A gateway on a free port of a real server, with scripted streams and sessions behind it.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestGateway(WebApplication app, Uri address)
    {
        _app = app;
        Address = address;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>Every route that the application answers, as "METHOD /pattern".</summary>
    public IReadOnlyList<string> Routes =>
    [
        .. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => $"{method} {e.RoutePattern.RawText}"))
            .Order(StringComparer.Ordinal),
    ];

    public required ScriptedStreams Streams { get; init; }

    public required FakeCatalog Catalog { get; init; }

    public required UsageList Usage { get; init; }

    public required FakeGrains Grains { get; init; }

    public static async Task<TestGateway> StartAsync(GatewayOptions? options = null, TimeProvider? time = null, Action<ScriptedReader>? script = null, FakeQuota? quota = null, FakeTenants? tenants = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var streams = new ScriptedStreams();
        streams.Script = script ?? streams.Script;
        var catalog = new FakeCatalog();
        var usage = new UsageList();
        var grains = new FakeGrains();
        builder.Services.AddSingleton<ISessionStreams>(streams);
        builder.Services.AddSingleton<IModelCatalog>(catalog);
        builder.Services.AddSingleton<IUsageRecorder>(usage);
        builder.Services.AddSingleton(grains.Factory);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton<IWorkers>(new FakeWorkers());
        if (quota is not null)
        {
            builder.Services.AddSingleton<ITenantCatalog>(quota);
            builder.Services.AddSingleton<ITenantSource>(quota);
            grains.Add<IQuotaGrain>(quota.Tenant.Id, quota);
        }
        else if (tenants is not null)
        {
            builder.Services.AddSingleton<ITenantCatalog>(tenants);
            builder.Services.AddSingleton<ITenantFollower>(tenants);
        }

        builder.Services.AddFoxtrotGateway(options ?? new());
        var app = builder.Build();
        app.MapFoxtrotGateway();
        app.MapGet("/test/throw", new Func<string>(() => throw new InvalidOperationException("secret")));
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new(app, new Uri(address)) { Streams = streams, Catalog = catalog, Usage = usage, Grains = grains };
    }

    public Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = JsonContent(Encoding.UTF8.GetBytes(body));
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new(response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Sends a request and returns as soon as the headers are there.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, string body, CancellationToken cancellationToken) => Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent(Encoding.UTF8.GetBytes(body)) },
        HttpCompletionOption.ResponseHeadersRead,
        cancellationToken);

    public static ByteArrayContent JsonContent(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var impatience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _app.StopAsync(impatience.Token);
        await _app.DisposeAsync();
    }
}

/// <summary>A response, read to its end.</summary>
internal sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Body)
{
    public System.Text.Json.JsonElement Json => System.Text.Json.JsonDocument.Parse(Body).RootElement;

    public System.Text.Json.JsonElement Error => Json.GetProperty("error");

    /// <summary>The data of every event of a stream.</summary>
    public IReadOnlyList<string> Data => [.. SseText.Parse(Body).Where(e => e.Data is not null).Select(e => e.Data!)];
}

/// <summary>Keeps usage records.</summary>
internal sealed class UsageList : IUsageRecorder
{
    private readonly System.Threading.Channels.Channel<UsageRecord> _records = System.Threading.Channels.Channel.CreateUnbounded<UsageRecord>();

    public void Record(UsageRecord record) => _records.Writer.TryWrite(record);

    /// <summary>The next record.</summary>
    public async Task<UsageRecord> NextAsync() => await _records.Reader.ReadAsync(TestContext.Current.CancellationToken);
}
