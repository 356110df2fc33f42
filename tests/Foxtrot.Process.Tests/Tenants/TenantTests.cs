using System.Diagnostics;
using System.Net;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Tenants;

[Collection(OneAtATime.Name)]
public sealed class TenantTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Tenants_come_and_go_with_their_file_and_a_broken_file_changes_nothing()
    {
        var (first, second) = (ApiKey.New(), ApiKey.New());
        await using var server = await TenantServer.StartAsync(File(("first", first)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, first));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, second));
        Assert.Equal(HttpStatusCode.Conflict, (await server.SendAsync("POST /admin/v1/tenants/first/keys", "{}", TenantServer.AdminKey)).Status);

        var wrong = server.Process.LineAsync(line => line.Contains("The tenants file is wrong", StringComparison.Ordinal));
        await System.IO.File.WriteAllTextAsync(server.File, """{"tenants": [{"id": "first", "weigth": 2}]}""", TestContext.Current.CancellationToken);
        Assert.Contains("unknown field tenants[0].weigth", await Deadline.Within(wrong, "the broken file is named"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, first));

        await System.IO.File.WriteAllTextAsync(server.File, File(("second", second)), TestContext.Current.CancellationToken);
        await Deadline.Until(async () => await StatusAsync(server, second) == HttpStatusCode.OK, "the new tenant is let in", server.Process.Describe);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, first));
        var audit = await server.JsonAsync("GET /admin/v1/audit", null, TenantServer.AdminKey);
        Assert.Equal(["file", "file"], audit.GetProperty("data").EnumerateArray().Select(e => e.GetProperty("who").GetString()));
    }

    [Fact]
    public async Task A_key_made_at_one_gateway_opens_another_and_is_refused_there_within_a_second_of_being_revoked()
    {
        await using var cluster = await FoxtrotCluster.StartAsync(1, 4, new Dictionary<string, string> { ["Foxtrot__AdminKey"] = TenantServer.AdminKey });
        var other = await cluster.StartGatewayAsync();
        await cluster.WaitUntilServingAsync(other);
        using var here = new HttpClient { BaseAddress = cluster.Address };
        using var there = new HttpClient { BaseAddress = other.Address };
        await TenantServer.SendAsync(here, "POST /admin/v1/tenants", """{"id": "acme"}""", TenantServer.AdminKey);
        for (var i = 0; i < 5; i++)
        {
            var made = (await TenantServer.SendAsync(here, "POST /admin/v1/tenants/acme/keys", "{}", TenantServer.AdminKey)).Json;
            var key = made.GetProperty("key").GetString()!;
            Assert.Equal(HttpStatusCode.OK, (await TenantServer.SendAsync(here, "GET /v1/models", null, key)).Status);
            await WithinASecondAsync(there, key, HttpStatusCode.OK);
            await TenantServer.SendAsync(here, "DELETE /admin/v1/tenants/acme/keys/" + made.GetProperty("id").GetString(), null, TenantServer.AdminKey);
            Assert.Equal(HttpStatusCode.Unauthorized, (await TenantServer.SendAsync(here, "GET /v1/models", null, key)).Status);
            await WithinASecondAsync(there, key, HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_worker_that_is_drained_moves_its_sessions_and_gets_no_more()
    {
        const int Tokens = 400;
        await using var cluster = await FoxtrotCluster.StartAsync(
            2, 4, new Dictionary<string, string> { ["Foxtrot__AdminKey"] = TenantServer.AdminKey, ["Foxtrot__DrainSeconds"] = "1" });
        using var http = new HttpClient { BaseAddress = cluster.Address };
        await TenantServer.SendAsync(http, "POST /admin/v1/tenants", """{"id": "acme"}""", TenantServer.AdminKey);
        var key = (await TenantServer.SendAsync(http, "POST /admin/v1/tenants/acme/keys", "{}", TenantServer.AdminKey)).Json.GetProperty("key").GetString();
        var before = await Task.WhenAll(Enumerable.Range(0, 16).Select(CreateAsync));
        var worker = (await WorkersAsync())[0].GetProperty("id").GetString();
        var drained = await TenantServer.SendAsync(http, $"POST /admin/v1/workers/{worker}/drain", null, TenantServer.AdminKey);
        Assert.True(drained.Json.GetProperty("draining").GetBoolean(), drained.Body);
        await Deadline.Until(async () => Load(await WorkersAsync()) == 0, "the worker is empty", cluster.Describe);
        var after = await Task.WhenAll(Enumerable.Range(16, 8).Select(CreateAsync));
        Assert.Equal(0, Load(await WorkersAsync()));
        foreach (var id in before.Concat(after))
        {
            await TenantServer.SendAsync(http, $"GET /v1/sessions/{id}/stream", null, key);
            var session = (await TenantServer.SendAsync(http, $"GET /v1/sessions/{id}", null, key)).Json;
            Assert.Equal(("length", true, Tokens), (session.GetProperty("finish_reason").GetString(), session.GetProperty("exact").GetBoolean(), session.GetProperty("token_ids").GetArrayLength()));
        }

        async Task<string> CreateAsync(int seed)
        {
            var body = $$"""{"model": "{{StreamPlan.Model}}", "prompt": "Once", "max_tokens": {{Tokens}}, "ignore_eos": true, "seed": {{seed}}}""";
            var created = await TenantServer.SendAsync(http, "POST /v1/sessions", body, key);
            Assert.True(created.Status == HttpStatusCode.Created, created.Body);
            return created.Json.GetProperty("id").GetString()!;
        }

        int Load(System.Text.Json.JsonElement[] workers)
        {
            var model = workers.Single(w => w.GetProperty("id").GetString() == worker).GetProperty("models")[0];
            return model.GetProperty("running").GetInt32() + model.GetProperty("waiting").GetInt32();
        }

        async Task<System.Text.Json.JsonElement[]> WorkersAsync() =>
            [.. (await TenantServer.SendAsync(http, "GET /admin/v1/workers", null, TenantServer.AdminKey)).Json.GetProperty("data").EnumerateArray()];
    }

    private static async Task WithinASecondAsync(HttpClient http, string key, HttpStatusCode status)
    {
        var start = Stopwatch.GetTimestamp();
        while ((await TenantServer.SendAsync(http, "GET /v1/models", null, key)).Status != status)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Second, $"not {status} within a second");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{status} after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
    }

    private static async Task<HttpStatusCode> StatusAsync(TenantServer server, string key) => (await server.SendAsync("GET /v1/models", null, key)).Status;

    private static string File(params (string Id, string Key)[] tenants) => TenantServer.TenantsFile(tenants);
}
