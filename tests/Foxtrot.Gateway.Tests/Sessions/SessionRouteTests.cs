using System.Net;
using System.Text.Json;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Foxtrot.Contracts.Workers;
using Foxtrot.Gateway.Tests.Fakes;

namespace Foxtrot.Gateway.Tests.Sessions;

public sealed class SessionRouteTests
{
    private static readonly string Id = FakeSession.Id;

    internal static readonly string ReceiptText = $$"""{"session":"{{FakeSession.Id}}","model":"story","model_hash":"0123456789abcdef","fingerprint":"fedcba9876543210","sampler_version":1,"seed":"18446744073709551615","choice":0,"sampling":{"logit_bias":{"3":-1.5},"temperature":0.5,"sampler_order":["temperature","top_k"]},"max_tokens":64,"stop":["\n\n"],"end_tokens":[2],"prompt_hash":"aa","forced":0,"tokens":2,"output_hash":"bb","exact":true}""";

    private static readonly string SessionText = $$$"""{"id":"{{{Id}}}","object":"session","model":"story","created":1700000000,"state":"finished","finish_reason":"stop","seed":"18446744073709551615","choice":0,"sampling":{"logit_bias":{"3":-1.5},"temperature":0.5,"sampler_order":["temperature","top_k"]},"max_tokens":64,"stop":["\n\n"],"token_ids":[7,8],"text":"Once upon","usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":1}},"lineage":{"parent":"sess_{{{new string('b', 40)}}}","at":1},"receipt":{{{ReceiptText}}},"exact":true,"epoch":1,"error":null}""";

    public static TheoryData<string, string, string?, int, string, string, string> Operations => new()
    {
        { "POST", "/v1/sessions", """{"model":"story","prompt":"x","seed":"5","top_logprobs":3,"choice":2}""", 201, "Session", SessionText, "Create" },
        { "GET", $"/v1/sessions/{Id}", null, 200, "Session", SessionText, "View" },
        { "POST", $"/v1/sessions/{Id}/continue", """{"max_tokens":5,"prompt":"more","temperature":0.1,"stop":"x"}""", 200, "Session", SessionText, "Extend" },
        { "POST", $"/v1/sessions/{Id}/fork", """{"at":1,"seed":3,"sampling":{"temperature":1},"token":9}""", 201, "Session", SessionText, "Fork" },
        { "POST", $"/v1/sessions/{Id}/rewind", """{"to":1}""", 200, "Session", SessionText, "Rewind" },
        { "POST", $"/v1/sessions/{Id}/cancel", null, 200, "Session", SessionText, "Cancel" },
        { "DELETE", $"/v1/sessions/{Id}", null, 200, "SessionDeleted", $$"""{"id":"{{Id}}","object":"session","deleted":true}""", "Delete" },
        {
            "GET", $"/v1/sessions/{Id}/explain?at=1&top=2", null, 200, "Explanation",
            """{"object":"explanation","at":1,"position":6,"seed":"42","choice":0,"draw":"inverse_cdf","u":0.25,"selected":7,"stages":[{"name":"temperature","value":0.5,"candidates":4096,"removed":0},{"name":"top_k","value":null,"candidates":2,"removed":4094}],"tokens":[{"id":7,"text":" upon","logit":1.5,"probability":0.75,"probability_after_stage":[0.8,1],"removed_by":null,"low":0,"high":1,"gumbel_score":null,"selected":true},{"id":9,"text":" a","logit":null,"probability":0,"probability_after_stage":[0,0],"removed_by":"top_k","low":null,"high":null,"gumbel_score":null,"selected":false}]}""",
            "Explain"
        },
        {
            "POST", $"/v1/sessions/{Id}/resample", """{"at":1,"draws":100,"sampling":{"top_k":2}}""", 200, "Resample",
            """{"object":"resample","at":1,"draws":100,"tokens":[{"id":7,"text":" upon","count":60,"original":true},{"id":9,"text":" a","count":40,"original":false}]}""",
            "Resample"
        },
        { "POST", "/v1/verify", $$"""{"receipt":{{ReceiptText}},"text":"x"}""", 200, "Verification", """{"match":false,"position":1,"reason":"the output differs"}""", "Verify" },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Each_operation_answers_byte_for_byte_so_and_matches_its_schema(string method, string path, string? body, int status, string schema, string expected, string call)
    {
        await using var gateway = await TestGateway.StartAsync();
        var fake = Sessions(gateway);
        var answer = await gateway.SendAsync(new(method), path, body);
        Assert.Equal((status, expected), ((int)answer.Status, answer.Body));
        await (await ApiSchemas.OfAsync(gateway)).CheckAsync(schema, answer.Body);
        Assert.Equal(call, Assert.Single(fake.Calls).Method);
        Assert.Equal(status == 201 ? "/v1/sessions/" + Id : null, answer.Headers.Location?.ToString());
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Each_operation_maps_refusals_and_lost_workers(string method, string path, string? body, int status, string schema, string expected, string call)
    {
        _ = (status, schema, expected, call);
        await using var gateway = await TestGateway.StartAsync();
        var fake = Sessions(gateway);
        fake.Refusal = new(RefusalKind.Conflict, "state must be finished, but is running", null, "running");
        var refused = await gateway.SendAsync(new(method), path, body);
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal("running", refused.Error.GetProperty("code").GetString());
        fake.Failure = new TimeoutException("secret");
        var lost = await gateway.SendAsync(new(method), path, body);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, lost.Status);
        Assert.NotNull(lost.Headers.RetryAfter);
        Assert.DoesNotContain("secret", lost.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_request_says_reaches_the_session()
    {
        await using var gateway = await TestGateway.StartAsync();
        var fake = Sessions(gateway);
        await gateway.PostAsync("/v1/sessions", """{"model":"story","messages":[{"role":"user","content":"x"}],"seed":"5","top_logprobs":3,"choice":2,"max_tokens":7,"temperature":0.5}""");
        var created = Assert.IsType<SessionRequest>(fake.Calls[^1].Arguments[0]);
        Assert.Equal((5ul, 3, 2, 7, 0.5), (created.Seed, created.LogProbabilities, created.Choice, created.MaxTokens, created.Sampling.Temperature));
        Assert.Equal([new("user", "x")], created.Prompt.Messages!);
        await gateway.PostAsync($"/v1/sessions/{Id}/fork", """{"at":1,"seed":3,"sampling":{"temperature":1},"token":9,"max_tokens":4}""");
        var fork = Assert.IsType<ForkRequest>(fake.Calls[^1].Arguments[0]);
        Assert.True(SessionId.TryParse(fork.Session, out var child) && SessionId.TryParse(Id, out var parent) && child.ModelHash == parent.ModelHash && child.Fingerprint == parent.Fingerprint && child != parent);
        Assert.Equal((1, 3ul, 1.0, 9, 4), (fork.At, fork.Seed, fork.Sampling!.Temperature, fork.Token, fork.MaxTokens));
        await gateway.PostAsync($"/v1/sessions/{Id}/continue", "{}");
        Assert.Equal(new(), Assert.IsType<ContinueRequest>(fake.Calls[^1].Arguments[0]));
        await gateway.GetAsync($"/v1/sessions/{Id}/explain?at=4");
        Assert.Equal([4, 10], fake.Calls[^1].Arguments);
    }

    [Fact]
    public async Task A_receipt_with_its_prompt_is_verified_by_any_worker()
    {
        await using var gateway = await TestGateway.StartAsync();
        var worker = System.Reflection.DispatchProxy.Create<IWorkerGrain, FakeSession>();
        gateway.Grains.Add("story", worker);
        var answer = await gateway.PostAsync("/v1/verify", $$"""{"receipt":{{ReceiptText}},"prompt":[1,2]}""");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var arguments = ((FakeSession)(object)worker).Calls.Single().Arguments;
        Assert.Equal([1, 2], Assert.IsType<Prompt>(arguments[1]).Tokens!);
        var receipt = Assert.IsType<Receipt>(arguments[0]);
        Assert.Equal(FakeSession.Receipt.Sampling.LogitBias, receipt.Sampling.LogitBias);
        Assert.Equal(ulong.MaxValue, receipt.Seed);
    }

    [Fact]
    public async Task Sessions_are_listed_page_by_page_and_deleted_ones_no_more()
    {
        await using var gateway = await TestGateway.StartAsync();
        var fake = Sessions(gateway);
        List<string> ids = [];
        for (var i = 0; i < 3; i++)
        {
            fake.View = FakeSession.Example with { Id = SessionId.New("story", null).ToString() };
            ids.Add(fake.View.Id);
            await gateway.PostAsync("/v1/sessions", """{"model":"story","prompt":"x"}""");
        }

        await gateway.SendAsync(HttpMethod.Delete, "/v1/sessions/" + ids[1], null);
        var first = await gateway.GetAsync("/v1/sessions?limit=1");
        await (await ApiSchemas.OfAsync(gateway)).CheckAsync("SessionList", first.Body);
        Assert.Equal((ids[2], true), (first.Json.GetProperty("last_id").GetString(), first.Json.GetProperty("has_more").GetBoolean()));
        var second = await gateway.GetAsync($"/v1/sessions?limit=1&after={ids[2]}");
        Assert.Equal((ids[0], false), (second.Json.GetProperty("last_id").GetString(), second.Json.GetProperty("has_more").GetBoolean()));
    }

    [Theory]
    [InlineData("explain", "at is required, but is missing")]
    [InlineData("explain?at=x", "at must be an integer, 0 or more, but is \"x\"")]
    [InlineData("explain?at=1&at=2", "at must be given once")]
    [InlineData("explain?at=1&top=1001", "top must be an integer in [1, 1000], but is 1001")]
    [InlineData("explain?at=1&x=1", "unknown field x")]
    [InlineData("stream?from=-1", "from must be an integer, 0 or more, but is -1")]
    public async Task A_wrong_query_is_a_400_that_says_what_is_wrong(string query, string says)
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.GetAsync($"/v1/sessions/{Id}/{query}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(says, answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_stream_is_byte_for_byte_so_and_matches_its_schemas()
    {
        await using var gateway = await TestGateway.StartAsync(script: r => r.Accept().Say("Once", top: [new(1, "Once", -0.5)]).Say("", top: []).Finish(Finish.Stop, rest: " upon", receipt: FakeSession.Receipt));
        var answer = await gateway.GetAsync($"/v1/sessions/{Id}/stream");
        Assert.Equal(
            $$$"""
            event: start
            data: {"id":"{{{Id}}}","model":"story","prompt_tokens":5,"seed":"42","system_fingerprint":"fp_01234567_s1_fedcba98","exact":true}

            id: 0
            data: {"index":0,"token_id":1000,"text":"Once","probability":0.25,"u":0.5,"logprob":-0.5,"token":"Once","top_logprobs":[{"token_id":1,"token":"Once","logprob":-0.5}]}

            id: 1
            data: {"index":1,"token_id":1001,"text":"","probability":0.25,"u":0.5,"logprob":-0.5,"token":""}

            event: end
            data: {"finish_reason":"stop","tokens":2,"text":" upon","usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":2}},"receipt":{{{ReceiptText}}}}


            """,
            answer.Body);
        var schemas = await ApiSchemas.OfAsync(gateway);
        foreach (var one in SseText.Parse(answer.Body))
        {
            await schemas.CheckAsync(one.Event switch { "start" => "SessionStart", "end" => "SessionEnd", _ => "SessionToken" }, one.Data!);
        }
    }

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData("7", null, 7)]
    [InlineData(null, "7", 8)]
    [InlineData("3", "7", 8)]
    public async Task A_stream_goes_on_where_the_client_says(string? from, string? lastEventId, int expected)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{Id}/stream" + (from is null ? "" : "?from=" + from));
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        using var response = await gateway.Client.SendAsync(request, Cancellation);
        Assert.Equal(expected, gateway.Streams.Opened[0].From);
        var events = SseText.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal($"{expected}", events.First(e => e.Event is null).Id);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("2147483647")]
    public async Task A_wrong_Last_Event_ID_is_a_400(string given)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{Id}/stream");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", given);
        using var response = await gateway.Client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_client_that_leaves_a_session_stream_does_not_stop_the_session()
    {
        await using var gateway = await TestGateway.StartAsync(script: ScriptedStreams.Silent);
        using (var response = await gateway.Client.GetAsync($"/v1/sessions/{Id}/stream", HttpCompletionOption.ResponseHeadersRead, Cancellation))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await gateway.Streams.Opened[0].Disposed.WaitAsync(Cancellation);
        Assert.False(gateway.Streams.Opened[0].Cancelled.IsCompleted);
    }

    [Fact]
    public async Task A_session_that_fails_ends_its_stream_with_an_error_event()
    {
        await using var gateway = await TestGateway.StartAsync(script: r => r.Accept().Say("a").Finish(Finish.Failed, error: new(RefusalKind.Unavailable, "lost", null, "worker_lost")));
        var events = SseText.Parse((await gateway.GetAsync($"/v1/sessions/{Id}/stream")).Body);
        Assert.Equal("error", events[^1].Event);
        Assert.Equal("worker_lost", JsonDocument.Parse(events[^1].Data!).RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain(events, e => e.Event == "end");
    }

    private static FakeSession Sessions(TestGateway gateway)
    {
        var (grain, fake) = FakeSession.Create();
        gateway.Grains.Default = (type, _) => type == typeof(ISessionGrain) ? grain : type == typeof(ISessionIndexGrain) ? new FakeIndex() : null;
        return fake;
    }
}
