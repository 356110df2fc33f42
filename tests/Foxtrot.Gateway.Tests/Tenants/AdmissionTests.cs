using System.Net;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Gateway.Tests.Fakes;
using Foxtrot.Gateway.Tests.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace Foxtrot.Gateway.Tests.Tenants;

public sealed class AdmissionTests
{
    private const string Completions = "/v1/completions";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "/v1/completions", """{"model":"story","prompt":"x"}""")]
    [InlineData("POST", "/v1/chat/completions", """{"model":"story","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("POST", "/v1/sessions", """{"model":"story","prompt":"x"}""")]
    [InlineData("POST", "/v1/sessions/ID/continue", """{"max_tokens":5}""")]
    [InlineData("POST", "/v1/sessions/ID/fork", """{"at":1}""")]
    [InlineData("POST", "/v1/sessions/ID/resample", """{"at":1,"draws":5}""")]
    [InlineData("GET", "/v1/sessions/ID/explain?at=1", null)]
    [InlineData("POST", "/v1/verify", "VERIFY")]
    public async Task Every_route_that_computes_counts_as_a_request_and_says_when_to_come_again(string method, string path, string? body)
    {
        var quota = new FakeQuota(new() { RequestsPerMinute = 20 });
        await using var gateway = await StartAsync(quota);
        Sessions(gateway);
        path = path.Replace("ID", FakeSession.Id, StringComparison.Ordinal);
        body = body == "VERIFY" ? $$"""{"receipt":{{SessionRouteTests.ReceiptText}}}""" : body;
        Assert.True((await gateway.SendAsync(new(method), path, body)).Status < HttpStatusCode.BadRequest);
        Assert.Equal(19, quota.Requests);
        quota.Requests = 0;
        var refused = await gateway.SendAsync(new(method), path, body);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.Equal("3", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal("""{"error":{"message":"the tenant's requests per minute must be at most 20, and none is left; try again in 3 s","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}""", refused.Body);
        Assert.Equal("0", refused.Headers.GetValues("x-ratelimit-remaining-requests").Single());
    }

    [Fact]
    public async Task Reading_what_there_is_costs_nothing()
    {
        var quota = new FakeQuota(new() { RequestsPerMinute = 1, TokensPerMinute = 1 }) { Requests = 0 };
        await using var gateway = await StartAsync(quota);
        Sessions(gateway);
        Assert.Equal(HttpStatusCode.OK, (await gateway.GetAsync("/v1/models")).Status);
        Assert.Equal(HttpStatusCode.OK, (await gateway.GetAsync("/v1/sessions/" + FakeSession.Id)).Status);
        Assert.Equal(HttpStatusCode.OK, (await gateway.GetAsync($"/v1/sessions/{FakeSession.Id}/stream")).Status);
        Assert.Equal(0, quota.Exchanges);
    }

    [Theory]
    [InlineData("""{"model":"story","prompt":[1,2,3],"max_tokens":50}""", 53)]
    [InlineData("""{"model":"story","prompt":"x","max_tokens":50,"n":3}""", 151)]
    [InlineData("""{"model":"story","prompt":["éééé1","x"],"max_tokens":10,"n":2}""", 44)]
    [InlineData("""{"model":"story","prompt":"x"}""", 17)]
    [InlineData("""{"model":"story","prompt":"x","max_tokens":100000}""", 513)]
    public async Task A_request_reserves_its_prompts_and_its_outputs(string body, int reserved)
    {
        var quota = new FakeQuota(new() { TokensPerMinute = 10_000 });
        await using var gateway = await StartAsync(quota, script: ScriptedStreams.Silent);
        using var leaves = new CancellationTokenSource();
        using var response = await gateway.OpenAsync(Completions, body[..^1] + ""","stream":true}""", leaves.Token);
        Assert.Equal(10_000 - reserved, quota.Tokens);
        Assert.Equal($"{10_000 - reserved}", response.Headers.GetValues("x-ratelimit-remaining-tokens").Single());
    }

    [Fact]
    public async Task A_chat_without_max_tokens_reserves_a_thousand_or_what_context_and_limit_have_room_for()
    {
        const string body = """{"model":"story","messages":[{"role":"user","content":"1234"}],"stream":true}""";
        var roomy = new FakeQuota(new() { TokensPerMinute = 10_000 });
        await using var first = await StartAsync(roomy, script: ScriptedStreams.Silent);
        using var context = await first.OpenAsync("/v1/chat/completions", body, Cancellation);
        Assert.Equal(10_000 - 2 - 512, roomy.Tokens);
        var small = new FakeQuota(new() { TokensPerMinute = 100 });
        await using var second = await StartAsync(small, script: ScriptedStreams.Silent);
        using var limited = await second.OpenAsync("/v1/chat/completions", body, Cancellation);
        Assert.Equal(0, small.Tokens);
    }

    [Fact]
    public async Task What_was_not_used_comes_back_at_the_end()
    {
        var quota = new FakeQuota(new() { TokensPerMinute = 1600 });
        await using var gateway = await StartAsync(quota);
        await gateway.PostAsync(Completions, """{"model":"story","prompt":"x","max_tokens":500}""");

        // 5 of the prompt and 3 generated, as the worker counted them.
        await AssertLeftAsync(gateway, 1592);
    }

    [Fact]
    public async Task What_was_used_beyond_the_estimate_is_charged()
    {
        var quota = new FakeQuota(new() { TokensPerMinute = 1600 });
        await using var gateway = await StartAsync(quota, script: r => r.Accept(promptTokens: 300).Say("a").Finish());
        await gateway.PostAsync(Completions, """{"model":"story","prompt":"x","max_tokens":5}""");
        await AssertLeftAsync(gateway, 1299);
    }

    [Fact]
    public async Task A_client_that_leaves_pays_for_what_was_generated_and_no_more()
    {
        var quota = new FakeQuota(new() { TokensPerMinute = 1600 });
        await using var gateway = await StartAsync(quota, script: r => r.Accept(promptTokens: 7).Say("a").Say("b"));
        using (var leaves = new CancellationTokenSource())
        {
            using var response = await gateway.OpenAsync(Completions, """{"model":"story","prompt":"x","max_tokens":500,"stream":true}""", leaves.Token);
            await leaves.CancelAsync();
        }

        await gateway.Usage.NextAsync();
        await (await gateway.Streams.NextAsync()).Disposed.WaitAsync(Cancellation);
        await AssertLeftAsync(gateway, 1600 - 7 - 2);
    }

    [Theory]
    [InlineData(RefusalKind.QueueFull)]
    [InlineData(RefusalKind.Invalid)]
    public async Task A_request_that_the_worker_refuses_costs_no_tokens(RefusalKind kind)
    {
        var quota = new FakeQuota(new() { RequestsPerMinute = 10, TokensPerMinute = 1600 });
        await using var gateway = await StartAsync(quota, script: r => r.Refuse(new(kind, "no")));
        await gateway.PostAsync(Completions, """{"model":"story","prompt":"x","max_tokens":500}""");
        await AssertLeftAsync(gateway, 1600);
    }

    [Fact]
    public async Task A_session_takes_its_reservation_along_and_one_that_is_refused_gives_it_back()
    {
        var quota = new FakeQuota(new() { TokensPerMinute = 10_000 });
        await using var gateway = await StartAsync(quota);
        var fake = Sessions(gateway);
        await gateway.PostAsync("/v1/sessions", """{"model":"story","prompt":[1,2],"max_tokens":100}""");
        Assert.Equal(102, Assert.IsType<SessionRequest>(fake.Calls[^1].Arguments[0]).Reserved);
        await gateway.PostAsync($"/v1/sessions/{FakeSession.Id}/continue", """{"prompt":[1,2,3],"max_tokens":50}""");
        Assert.Equal(53, Assert.IsType<ContinueRequest>(fake.Calls[^1].Arguments[0]).Reserved);
        await gateway.PostAsync($"/v1/sessions/{FakeSession.Id}/fork", """{"at":10,"max_tokens":50}""");
        Assert.Equal(40, Assert.IsType<ForkRequest>(fake.Calls[^1].Arguments[0]).Reserved);
        await AssertLeftAsync(gateway, 10_000 - 102 - 53 - 40);
        fake.Refusal = new(RefusalKind.Conflict, "busy");
        await gateway.PostAsync($"/v1/sessions/{FakeSession.Id}/continue", """{"max_tokens":400}""");
        await AssertLeftAsync(gateway, 10_000 - 102 - 53 - 40);
    }

    [Fact]
    public async Task A_request_that_is_larger_than_a_minutes_worth_is_a_400()
    {
        await using var gateway = await StartAsync(new FakeQuota(new() { TokensPerMinute = 100 }));
        var answer = await gateway.PostAsync(Completions, """{"model":"story","prompt":[1,2],"max_tokens":50,"n":2}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(
            """{"error":{"message":"a request must reserve at most 100 tokens, the tenant's limit per minute, but reserves 102: 2 for its prompts and 50 for each of 2 choices","type":"invalid_request_error","param":"max_tokens","code":"tokens_per_minute_exceeded"}}""",
            answer.Body);
    }

    [Fact]
    public async Task A_request_for_more_tokens_than_are_left_is_a_429_that_names_both()
    {
        var quota = new FakeQuota(new() { TokensPerMinute = 600 }) { Tokens = 100 };
        await using var gateway = await StartAsync(quota);
        var answer = await gateway.PostAsync(Completions, """{"model":"story","prompt":[1,2],"max_tokens":298}""");
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.Status);
        Assert.Equal("rate_limit_exceeded", answer.Error.GetProperty("code").GetString());
        Assert.Contains("tokens per minute must be at most 600: the request reserves 300", answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("and 100 are left", answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("20", answer.Headers.GetValues("Retry-After").Single());
    }

    [Theory]
    [InlineData(Completions, """{"model":"story","prompt":"x","max_tokens":9}""", "max_tokens")]
    [InlineData("/v1/chat/completions", """{"model":"story","messages":[{"role":"user","content":"x"}],"max_completion_tokens":9}""", "max_completion_tokens")]
    [InlineData("/v1/sessions", """{"model":"story","prompt":"x","max_tokens":9}""", "max_tokens")]
    [InlineData("/v1/sessions/ID/continue", """{"max_tokens":9}""", "max_tokens")]
    [InlineData("/v1/sessions/ID/fork", """{"at":0,"max_tokens":9}""", "max_tokens")]
    public async Task More_max_tokens_than_the_tenant_may_have_is_a_400(string path, string body, string field)
    {
        await using var gateway = await StartAsync(new FakeQuota(new() { MaxTokens = 8 }));
        Sessions(gateway);
        var answer = await gateway.PostAsync(path.Replace("ID", FakeSession.Id, StringComparison.Ordinal), body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal($"{field} must be at most 8, the tenant's limit, but is 9", answer.Error.GetProperty("message").GetString());
        Assert.Equal(field, answer.Error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task A_request_without_max_tokens_gets_the_tenants_maximum_and_never_more()
    {
        await using var gateway = await StartAsync(new FakeQuota(new() { MaxTokens = 8 }));
        var fake = Sessions(gateway);
        await gateway.PostAsync(Completions, """{"model":"story","prompt":"x"}""");
        await gateway.PostAsync("/v1/chat/completions", """{"model":"story","messages":[{"role":"user","content":"x"}]}""");
        Assert.All(gateway.Streams.Opened, reader => Assert.Equal(8, reader.Request!.MaxTokens));
        await gateway.PostAsync("/v1/sessions", """{"model":"story","prompt":"x"}""");
        Assert.Equal(8, Assert.IsType<SessionRequest>(fake.Calls[^1].Arguments[0]).MaxTokens);
        await gateway.PostAsync($"/v1/sessions/{FakeSession.Id}/continue", "{}");
        Assert.Equal(8, Assert.IsType<ContinueRequest>(fake.Calls[^1].Arguments[0]).MaxTokens);
    }

    [Fact]
    public async Task A_completion_without_max_tokens_keeps_its_default_where_the_tenant_may_have_more()
    {
        await using var gateway = await StartAsync(new FakeQuota(new() { MaxTokens = 100 }));
        await gateway.PostAsync(Completions, """{"model":"story","prompt":"x"}""");
        Assert.Equal(16, gateway.Streams.Opened[0].Request!.MaxTokens);
    }

    [Theory]
    [InlineData(Completions, """{"model":"story","prompt":"x"}""")]
    [InlineData(Completions, """{"model":"nowhere","prompt":"x"}""")]
    [InlineData("/v1/chat/completions", """{"model":"story","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("/v1/sessions", """{"model":"story","prompt":"x"}""")]
    [InlineData("/v1/sessions/ID/continue", "{}")]
    [InlineData("/v1/sessions/ID/fork", """{"at":1}""")]
    [InlineData("/v1/sessions/ID/resample", """{"at":1,"draws":1}""")]
    public async Task A_model_that_the_tenant_may_not_use_is_a_403_whether_it_exists_or_not(string path, string body)
    {
        await using var gateway = await StartAsync(new FakeQuota(new() { Models = [FakeCatalog.Slashed] }));
        var fake = Sessions(gateway);
        var answer = await gateway.PostAsync(path.Replace("ID", FakeSession.Id, StringComparison.Ordinal), body);
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal(("model_not_allowed", "model", "permission_error"), (answer.Error.GetProperty("code").GetString(), answer.Error.GetProperty("param").GetString(), answer.Error.GetProperty("type").GetString()));
        Assert.Empty(fake.Calls);
        Assert.Empty(gateway.Streams.Opened);
    }

    [Fact]
    public async Task A_tenant_sees_the_models_that_it_may_use_and_no_others()
    {
        await using var gateway = await StartAsync(new FakeQuota(new() { Models = [FakeCatalog.Slashed] }));
        var list = await gateway.GetAsync("/v1/models");
        Assert.Equal([FakeCatalog.Slashed], list.Json.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await gateway.GetAsync("/v1/models/" + FakeCatalog.Slashed)).Status);
        var hidden = await gateway.GetAsync("/v1/models/story");
        var missing = await gateway.GetAsync("/v1/models/storx");
        Assert.Equal(HttpStatusCode.NotFound, hidden.Status);
        Assert.Equal(missing.Body.Replace("storx", "story", StringComparison.Ordinal), hidden.Body);
    }

    [Fact]
    public async Task When_nobody_knows_what_is_left_a_request_is_told_to_come_again()
    {
        var quota = new FakeQuota(new() { RequestsPerMinute = 10 }) { Failure = new InvalidOperationException("secret") };
        await using var gateway = await StartAsync(quota);
        var answer = await gateway.PostAsync(Completions, """{"model":"story","prompt":"x"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal("quota_unavailable", answer.Error.GetProperty("code").GetString());
        Assert.Equal("1", answer.Headers.GetValues("Retry-After").Single());
    }

    // What a request has left behind is there once its response has been answered, or shortly after.
    private static async Task AssertLeftAsync(TestGateway gateway, long tokens)
    {
        string left;
        do
        {
            left = (await gateway.GetAsync("/v1/models")).Headers.GetValues("x-ratelimit-remaining-tokens").Single();
        }
        while (left != $"{tokens}" && !Cancellation.IsCancellationRequested);
        Assert.Equal($"{tokens}", left);
    }

    // Time stands still, so that nothing is refilled.
    private static Task<TestGateway> StartAsync(FakeQuota quota, Action<ScriptedReader>? script = null) =>
        TestGateway.StartAsync(time: new FakeTimeProvider(), script: script, quota: quota);

    private static FakeSession Sessions(TestGateway gateway)
    {
        var (grain, fake) = FakeSession.Create();
        gateway.Grains.Default = (type, _) => type == typeof(ISessionGrain) ? grain : type == typeof(ISessionIndexGrain) ? new FakeIndex() : null;
        return fake;
    }
}
