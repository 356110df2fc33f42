using System.Net;
using System.Text.Json;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;
using Foxtrot.Process.Tests.Telemetry;

namespace Foxtrot.Process.Tests.Tenants;

/// <summary>Goes through a real server's routes with two tenants.</summary>
[Collection(OneAtATime.Name)]
public sealed class SecretsTests
{
    private const string Prompt = "Zebulon whispered quietly";
    private const string Model = StreamPlan.Model;

    private readonly string _owner = ApiKey.New();
    private readonly string _stranger = ApiKey.New();

    [Fact]
    public async Task Another_tenant_s_session_answers_like_one_that_never_was()
    {
        await using var server = await StartAsync("Warning");
        var (id, receipt) = await CreateAsync(server);
        var unknown = id[..^24] + new string('0', 24);
        Assert.Contains(id, (await server.SendAsync("GET /v1/sessions", null, _owner)).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(id, (await server.SendAsync("GET /v1/sessions", null, _stranger)).Body, StringComparison.Ordinal);
        foreach (var (route, body, headers) in Requests(receipt))
        {
            var other = await server.SendAsync(Of(route, id), body is null ? null : Of(body, id), _stranger, headers);
            var never = await server.SendAsync(Of(route, unknown), body is null ? null : Of(body, unknown), _stranger, headers);
            Assert.Equal((route, never.Status), (route, other.Status));
            Assert.Equal(never.Body.Replace(unknown, "", StringComparison.Ordinal), other.Body.Replace(id, "", StringComparison.Ordinal));
            Assert.Equal(never.Headers, other.Headers);
            Assert.True(other.Status == HttpStatusCode.NotFound || route.StartsWith("GET /v1/sessions?", StringComparison.Ordinal), $"{route}: {other.Status}");
        }

        Assert.Equal(id, (await server.JsonAsync(Of("GET /v1/sessions/{id}", id), null, _owner)).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task Nothing_that_a_server_writes_holds_a_key_a_prompt_or_a_completion_however_much_it_writes(string format)
    {
        await using var server = await StartAsync("Trace", "--log-format", format);
        var secrets = new List<string> { _owner, _stranger, TenantServer.AdminKey, "Zebulon", "Yolanda" };
        var (id, receipt) = await CreateAsync(server);
        secrets.AddRange(Words((await server.JsonAsync("GET /v1/sessions/" + id, null, _owner)).GetProperty("text").GetString()!));
        foreach (var (route, body) in Generations())
        {
            var answer = await server.SendAsync(route, body, _owner);
            Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Created, answer.Body);
            secrets.AddRange(Texts(answer.Body).SelectMany(Words));
        }

        foreach (var key in new[] { _owner, _stranger, TenantServer.AdminKey, "wrong-" + _owner, null })
        {
            foreach (var (route, body, headers) in Requests(receipt))
            {
                await server.SendAsync(Of(route, id), body is null ? null : Of(body, id), key, headers);
            }
        }

        secrets.AddRange(await AdministerAsync(server));
        await server.SendAsync("POST /v1/completions", $$"""{"model": "none", "prompt": "{{Prompt}}", "tools": "Yolanda"}""", _owner);
        await server.SendAsync("POST /v1/completions", $$"""{"model": "{{Model}}", "prompt": "{{Prompt}}" """, _owner);
        await server.SendAsync("POST /v1/completions", $$"""{"model": "{{Model}}", "prompt": "{{Prompt}}", "stop": ["Yolanda"], "max_tokens": 100000000}""", _owner);
        server.Process.Send(Signal.Terminate);
        await Deadline.Within(server.Process.Exit, "the server stops", server.Process.Describe);

        Assert.True(server.Lines.Count > 100, "the server wrote next to nothing");
        Assert.Contains(server.Lines, line => line.Contains(" of owner", StringComparison.Ordinal));
        Assert.Contains(server.Lines, line => line.Contains("key.create", StringComparison.Ordinal));
        var records = server.Lines.Select(LogRecord.Of).OfType<LogRecord>().ToArray();
        Assert.Equal(format == "json", records.Length > 100);
        if (format == "json")
        {
            Assert.Contains(records, record => record.Has("Tenant", "owner") && record.Has("Session", id));
        }

        var found = server.Lines.Concat(records.SelectMany(record => record.Texts))
            .SelectMany(line => secrets.Where(s => line.Contains(s, StringComparison.Ordinal)).Select(s => $"'{s}' in: {line}")).Take(10).ToArray();
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    private async Task<TenantServer> StartAsync(string logging, params string[] arguments) =>
        await TenantServer.StartAsync(TenantServer.TenantsFile(("owner", _owner), ("stranger", _stranger)), logging, arguments);

    private async Task<(string Id, string Receipt)> CreateAsync(TenantServer server)
    {
        var created = await server.JsonAsync("POST /v1/sessions", $$"""{"model": "{{Model}}", "prompt": "{{Prompt}}", "max_tokens": 12, "seed": 7}""", _owner);
        var id = created.GetProperty("id").GetString()!;
        await server.SendAsync($"GET /v1/sessions/{id}/stream", null, _owner);
        var finished = await server.JsonAsync("GET /v1/sessions/" + id, null, _owner);
        return (id, finished.GetProperty("receipt").GetRawText().Replace(id, "{id}", StringComparison.Ordinal));
    }

    private static async Task<string[]> AdministerAsync(TenantServer server)
    {
        await server.JsonAsync("POST /admin/v1/tenants", """{"id": "made"}""", TenantServer.AdminKey);
        var made = await server.JsonAsync("POST /admin/v1/tenants/made/keys", """{"name": "k"}""", TenantServer.AdminKey);
        var key = made.GetProperty("key").GetString()!;
        await server.JsonAsync("GET /v1/models", null, key);
        foreach (var route in new[] { "GET /admin/v1/tenants", "GET /admin/v1/workers", "GET /admin/v1/audit", "PUT /admin/v1/tenants/made", "DELETE /admin/v1/tenants/made/keys/" + made.GetProperty("id").GetString(), "DELETE /admin/v1/tenants/made" })
        {
            await server.JsonAsync(route, route.StartsWith("PUT", StringComparison.Ordinal) ? "{}" : null, TenantServer.AdminKey);
        }

        return [key, Convert.ToBase64String(ApiKey.HashOf(key)), Convert.ToHexString(ApiKey.HashOf(key))];
    }

    private static IEnumerable<(string Route, string Body)> Generations() =>
    [
        ("POST /v1/completions", $$"""{"model": "{{Model}}", "prompt": "{{Prompt}}", "max_tokens": 12, "seed": 1, "logprobs": 2, "stop": ["Yolanda"], "bad_words": ["Yolanda"]}"""),
        ("POST /v1/completions", $$"""{"model": "{{Model}}", "prompt": "{{Prompt}}", "max_tokens": 12, "seed": 2, "stream": true}"""),
        ("POST /v1/completions", $$"""{"model": "{{Model}}", "prompt": "{{Prompt}}", "max_tokens": 12, "seed": 1, "echo": true}"""),
        ("POST /v1/chat/completions", $$"""{"model": "{{Model}}", "messages": [{"role": "user", "content": "{{Prompt}}"}], "max_tokens": 12, "seed": 3}"""),
    ];

    // All that can be said about one session; {id} is its name.
    private static IEnumerable<(string Route, string? Body, (string, string)[] Headers)> Requests(string receipt) =>
    [
        ("GET /v1/sessions?after={id}", null, []), ("GET /v1/sessions/{id}", null, []), ("GET /v1/sessions/{id}/stream", null, []),
        ("GET /v1/sessions/{id}/stream?from=3", null, []), ("GET /v1/sessions/{id}/stream", null, [("Last-Event-ID", "5")]),
        ("GET /v1/sessions/{id}/explain?at=1", null, []), ("POST /v1/sessions/{id}/resample", """{"at": 1, "draws": 3}""", []),
        ("POST /v1/verify", $$"""{"receipt": {{receipt}}, "text": "Yolanda"}""", []), ("POST /v1/sessions/{id}/fork", """{"at": 2}""", []),
        ("POST /v1/sessions/{id}/rewind", """{"to": 5}""", []), ("POST /v1/sessions/{id}/continue", """{"max_tokens": 2, "prompt": " Yolanda"}""", []),
        ("POST /v1/sessions/{id}/cancel", null, []),
    ];

    private static string Of(string text, string id) => text.Replace("{id}", id, StringComparison.Ordinal);

    // Whole runs of words: single ones could stand in any log line.
    private static IEnumerable<string> Words(string text)
    {
        var words = text.Split([' ', '\n', '"', '\\'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i + 2 < words.Length; i++)
        {
            var run = $"{words[i]} {words[i + 1]} {words[i + 2]}";
            if (text.Contains(run, StringComparison.Ordinal))
            {
                yield return run;
            }
        }
    }

    private static IEnumerable<string> Texts(string body)
    {
        foreach (var json in body.Split("data: ", StringSplitOptions.RemoveEmptyEntries).Where(part => part.StartsWith('{')))
        {
            using var document = JsonDocument.Parse(json.Trim());
            if (!document.RootElement.TryGetProperty("choices", out var choices))
            {
                continue;
            }

            foreach (var choice in choices.EnumerateArray())
            {
                yield return choice.TryGetProperty("text", out var text) ? text.GetString()! : choice.TryGetProperty("message", out var message) ? message.GetProperty("content").GetString()! : "";
            }
        }
    }
}
