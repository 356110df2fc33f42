using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.Tenants;

/// <summary>A real server with an admin key and a tenants file, everything that it writes, and a client for it.</summary>
internal sealed class TenantServer : IAsyncDisposable
{
    public const string AdminKey = "process-tests-admin-key-0123456789abcdef";

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };

    private TenantServer(string file) => File = file;

    /// <summary>The tenants file.</summary>
    public string File { get; }

    public FoxtrotProcess Process { get; private set; } = null!;

    /// <summary>Every line of the process.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>Starts a server.</summary>
    /// <param name="tenants">What the tenants file says at first.</param>
    /// <param name="logging">The level of all logs.</param>
    /// <param name="arguments">Further options.</param>
    public static async Task<TenantServer> StartAsync(string tenants, string logging = "Information", params string[] arguments)
    {
        var folder = Reaper.NewFolder("tenants");
        var server = new TenantServer(Path.Combine(folder, "tenants.json"));
        await System.IO.File.WriteAllTextAsync(server.File, tenants);
        var key = Path.Combine(folder, "admin.key");
        await System.IO.File.WriteAllTextAsync(key, AdminKey + "\n");
        server.Process = await FoxtrotProcess.StartAsync(
            "server",
            ["--urls", "http://127.0.0.1:0", "--data", Path.Combine(folder, "data"), "--slots", "4", "--tenants", server.File, "--admin-key-file", key, .. arguments],
            new Dictionary<string, string> { ["Logging__LogLevel__Default"] = logging, ["Logging__LogLevel__Orleans"] = logging, ["Logging__LogLevel__Microsoft"] = logging },
            server.Lines.Enqueue);
        server._http.BaseAddress = server.Process.Address;
        return server;
    }

    /// <summary>Sends a request.</summary>
    /// <param name="route">Method and path.</param>
    /// <param name="body">JSON; null sends none.</param>
    /// <param name="key">The key; null sends none.</param>
    /// <param name="headers">Further headers.</param>
    public Task<ServerAnswer> SendAsync(string route, string? body, string? key, params (string Name, string Value)[] headers) =>
        Deadline.Within(SendAsync(_http, route, body, key, headers), route, Process.Describe);

    /// <inheritdoc cref="SendAsync(string, string, string, ValueTuple{string, string}[])"/>
    public static async Task<ServerAnswer> SendAsync(HttpClient http, string route, string? body, string? key, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Split(' ')[0]), route.Split(' ')[1]);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request);
        var shown = response.Headers.Concat(response.Content.Headers)
            .Where(h => !h.Key.Equals("Date", StringComparison.OrdinalIgnoreCase) && !h.Key.Equals("x-request-id", StringComparison.OrdinalIgnoreCase))
            .Select(h => $"{h.Key}: {string.Join(",", h.Value)}").Order(StringComparer.Ordinal);
        return new(response.StatusCode, string.Join('\n', shown), await response.Content.ReadAsStringAsync());
    }

    /// <summary>A tenants file.</summary>
    public static string TenantsFile(params (string Id, string Key)[] tenants) => JsonSerializer.Serialize(new
    {
        tenants = tenants.Select(t => new { id = t.Id, keys = new[] { new { name = t.Id, hash = ApiKey.Write(ApiKey.HashOf(t.Key)) } } }),
    });

    /// <summary>Sends a request that must succeed, and gives its answer.</summary>
    public async Task<JsonElement> JsonAsync(string route, string? body, string? key)
    {
        var answer = await SendAsync(route, body, key);
        return (int)answer.Status < 300 ? answer.Json : throw new InvalidOperationException($"{route}: {answer.Status} {answer.Body}{Environment.NewLine}{Process.Describe()}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Process.DisposeAsync();
    }
}

/// <summary>An answer, read to its end, with the headers that do not differ between any two answers.</summary>
internal sealed record ServerAnswer(HttpStatusCode Status, string Headers, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}
