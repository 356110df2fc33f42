using System.Text.Json;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Metering;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Sessions;
using Foxtrot.Gateway.Tests.Fakes;

namespace Foxtrot.Gateway.Tests.Security;

/// <summary>Walks every route with what belongs to another tenant, and with what never was. Nobody can tell the two apart.</summary>
public sealed class IsolationTests
{
    private const string Owned = "GET /v1/sessions/{id}";

    // What each route is asked; {id} is the other tenant's session, or one that never was. A route without an entry fails the test.
    private static readonly Dictionary<string, (string Path, string? Body)[]> Cases = new()
    {
        ["GET /v1/models"] = [("/v1/models", null)],
        ["GET /v1/models/{**id}"] = [("/v1/models/{id}", null)],
        ["POST /v1/chat/completions"] = [("/v1/chat/completions", """{"model": "{id}", "messages": [{"role": "user", "content": "Hi"}]}""")],
        ["POST /v1/completions"] = [("/v1/completions", """{"model": "{id}", "prompt": "Hi"}""")],
        ["POST /v1/sessions"] = [("/v1/sessions", """{"model": "{id}", "prompt": "Hi"}""")],
        ["GET /v1/sessions"] = [("/v1/sessions", null), ("/v1/sessions?after={id}", null), ("/v1/sessions?limit=1&after={id}", null)],
        [Owned] = [("/v1/sessions/{id}", null)],
        ["DELETE /v1/sessions/{id}"] = [("/v1/sessions/{id}", null)],
        ["GET /v1/sessions/{id}/stream"] = [("/v1/sessions/{id}/stream", null), ("/v1/sessions/{id}/stream?from=1", null), ("/v1/sessions/{id}/stream#Last-Event-ID", null)],
        ["POST /v1/sessions/{id}/continue"] = [("/v1/sessions/{id}/continue", """{"max_tokens": 4}"""), ("/v1/sessions/{id}/continue", "{}"), ("/v1/sessions/{id}/continue", "{bad")],
        ["POST /v1/sessions/{id}/fork"] = [("/v1/sessions/{id}/fork", """{"at": 1}"""), ("/v1/sessions/{id}/fork", "{}")],
        ["POST /v1/sessions/{id}/rewind"] = [("/v1/sessions/{id}/rewind", """{"to": 0}""")],
        ["POST /v1/sessions/{id}/cancel"] = [("/v1/sessions/{id}/cancel", null)],
        ["GET /v1/sessions/{id}/explain"] = [("/v1/sessions/{id}/explain?at=0", null), ("/v1/sessions/{id}/explain", null)],
        ["POST /v1/sessions/{id}/resample"] = [("/v1/sessions/{id}/resample", """{"at": 0, "draws": 1}""")],
        ["GET /v1/usage"] = [("/v1/usage", null), ("/v1/usage?from={id}", null)],
        ["POST /v1/verify"] = [("/v1/verify", $$"""{"receipt": {{Receipt()}}}"""), ("/v1/verify", $$"""{"receipt": {{Receipt()}}, "text": "Once"}""")],
    };

    [Fact]
    public async Task What_belongs_to_another_tenant_answers_like_what_never_was_on_every_route()
    {
        await using var gateway = await TestGateway.StartAsync(tenants: FakeTenants.Of("owner", "stranger"), script: ReadAsStranger);
        var sessions = Populate(gateway);
        var unknown = FakeSession.Id[..^24] + new string('0', 24);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await SendAsync(gateway, Owned, "/v1/sessions/{id}", null, FakeSession.Id, "owner")).Status);
        foreach (var route in gateway.Routes.Where(r => r.Contains(" /v1", StringComparison.Ordinal)))
        {
            Assert.True(Cases.TryGetValue(route, out var cases), $"{route} has no case here: what does it say of another tenant's things?");
            foreach (var (path, body) in cases)
            {
                sessions.Clear();
                var other = await SendAsync(gateway, route, path, body, FakeSession.Id, "stranger");
                var calls = sessions.Select(call => call.Method).ToArray();
                sessions.Clear();
                var never = await SendAsync(gateway, route, path, body, unknown, "stranger");
                Assert.Equal((route, never.Status), (route, other.Status));
                Assert.Equal(never.Body.Replace(unknown, "{id}", StringComparison.Ordinal), other.Body.Replace(FakeSession.Id, "{id}", StringComparison.Ordinal));
                Assert.Equal(Shown(never), Shown(other));

                // As many calls to grains of the same kind: nothing that a clock could tell.
                Assert.Equal(sessions.Select(call => call.Method), calls);
                Assert.All(sessions, call => Assert.Contains("/stranger/", call.Key, StringComparison.Ordinal));
                if (path.Contains("/sessions/{id}", StringComparison.Ordinal) && body is not ("{}" or "{bad") && !path.EndsWith("/explain", StringComparison.Ordinal))
                {
                    Assert.Equal(System.Net.HttpStatusCode.NotFound, other.Status);
                }
            }
        }
    }

    [Fact]
    public async Task A_list_shows_the_caller_s_own_sessions_alone()
    {
        await using var gateway = await TestGateway.StartAsync(tenants: FakeTenants.Of("owner", "stranger"));
        Populate(gateway);
        Assert.Contains(FakeSession.Id, (await gateway.SendAsync(HttpMethod.Get, "/v1/sessions", null, FakeTenants.Bearer("owner"))).Body, StringComparison.Ordinal);
        Assert.Empty((await gateway.SendAsync(HttpMethod.Get, "/v1/sessions", null, FakeTenants.Bearer("stranger"))).Json.GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Usage_shows_the_caller_s_own_alone()
    {
        await using var gateway = await TestGateway.StartAsync(tenants: FakeTenants.Of("owner", "stranger"));
        Populate(gateway);
        Assert.Contains("12345", (await gateway.SendAsync(HttpMethod.Get, "/v1/usage", null, FakeTenants.Bearer("owner"))).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("12345", (await gateway.SendAsync(HttpMethod.Get, "/v1/usage", null, FakeTenants.Bearer("stranger"))).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_neither_count_nor_repeat()
    {
        string[] ids = [.. Enumerable.Range(0, 1000).Select(_ => SessionId.New("story", null).ToString())];
        var random = ids.Select(id => id[^24..]).ToArray();
        Assert.Equal(ids.Length, random.Distinct().Count());
        Assert.All(Enumerable.Range(0, 24), digit => Assert.Equal(16, random.Select(r => r[digit]).Distinct().Count()));
    }

    /// <summary>One session, the owner's; all others answer that they are not there.</summary>
    private static List<(string Key, string Method)> Populate(TestGateway gateway)
    {
        List<(string Key, string Method)> calls = [];
        var index = new FakeIndex();
        index.Entries.Add(new(FakeSession.Id, FakeCatalog.Story, DateTimeOffset.UnixEpoch));
        gateway.Grains.Add<ISessionIndexGrain>("owner", index);
        gateway.Grains.Default = (type, key) =>
        {
            if (type == typeof(ISessionIndexGrain))
            {
                return new FakeIndex();
            }

            if (type == typeof(ILedgerGrain))
            {
                return new OneLedger(key == "owner" ? 12345 : 0);
            }

            if (type != typeof(ISessionGrain))
            {
                return null;
            }

            var (grain, fake) = FakeSession.Create();
            Assert.True(SessionKey.TryParse(key, out var session));
            fake.Refusal = key.Contains("/owner/", StringComparison.Ordinal) ? null : NotFound(session);
            fake.Called = method => calls.Add((key, method));
            return grain;
        };
        return calls;
    }

    private static void ReadAsStranger(ScriptedReader reader) => reader.Refuse(NotFound(reader.Key));

    private static Refusal NotFound(SessionKey key) => new(RefusalKind.NotFound, $"there is no session '{key.Session}'", Code: "session_not_found");

    private static Task<Answer> SendAsync(TestGateway gateway, string route, string path, string? body, string id, string tenant)
    {
        var resumes = path.EndsWith("#Last-Event-ID", StringComparison.Ordinal);
        (string, string)[] headers = resumes ? [FakeTenants.Bearer(tenant), ("Last-Event-ID", "1")] : [FakeTenants.Bearer(tenant)];
        var target = path.Split('#')[0].Replace("{id}", id, StringComparison.Ordinal);
        return gateway.SendAsync(new HttpMethod(route.Split(' ')[0]), target, body?.Replace("{id}", id, StringComparison.Ordinal), headers);
    }

    // All headers but those that differ between any two answers.
    private static string Shown(Answer answer) => string.Join('\n', answer.Headers.Concat(answer.ContentHeaders)
        .Where(h => !h.Key.Equals("Date", StringComparison.OrdinalIgnoreCase) && !h.Key.Equals("x-request-id", StringComparison.OrdinalIgnoreCase)).Select(h => $"{h.Key}: {string.Join(",", h.Value)}").Order());

    private static string Receipt()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            ReceiptJson.Write(json, FakeSession.Receipt);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray()).Replace(FakeSession.Id, "{id}", StringComparison.Ordinal);
    }

    private sealed class OneLedger(int tokens) : ILedgerGrain
    {
        public Task Report(LedgerBatch batch) => throw new NotSupportedException();

        public Task<LedgerView> Read(DateOnly first, DateOnly last) =>
            Task.FromResult(new LedgerView([new(first, FakeCatalog.Story, new() { GeneratedTokens = tokens })], 0));
    }
}
