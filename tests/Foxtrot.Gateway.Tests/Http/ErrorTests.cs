using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Foxtrot.Contracts;
using Foxtrot.Gateway.Tests.Fakes;

namespace Foxtrot.Gateway.Tests.Http;

public sealed class ErrorTests
{
    public static TheoryData<string, string> BadBodies => new()
    {
        { "", "empty" },
        { "  \n", "empty" },
        { "[]", "must be a JSON object, but is an empty array" },
        { "3", "must be a JSON object, but is 3" },
        { "null", "must be a JSON object" },
        { "{", "must be valid JSON" },
        { "{} {}", "must be valid JSON" },
        { "{}x", "must be valid JSON" },
        { """{"temperature":NaN}""", "must be valid JSON" },
        { """{"temperature":Infinity}""", "must be valid JSON" },
        { """{"a":1,}""", "must be valid JSON" },
        { """{/**/"a":1}""", "must be valid JSON" },
        { """{"model":""" + new string('[', 100_000), "must be valid JSON of at most 32 levels" },
        { """{"model":"story","model":"story"}""", "model must be given once" },
        { """{"\ud800":1}""", "half a surrogate pair" },
        { """{"model":"\ud800"}""", "model must be valid Unicode" },
        { """{"model":"story","prompt":"x","temperature":1e999}""", "temperature must be a number in [0, 2], but is 1e999" },
        { """{"model":"story","prompt":"x","max_tokens":99999999999999999999999999}""", "max_tokens must be an integer, 1 or more, but is 99999999999999999999999999" },
        { """{"model":"story","prompt":"x","seed":18446744073709551616}""", "seed must be an integer in" },
        { """{"model":"story","prompt":"x","seed":1.5}""", "seed must be an integer in" },
        { """{"model":"story","prompt":"x","surprise":1}""", "unknown field surprise" },
        { """{"model":"story","prompt":"x","best_of":3}""", "best_of must be an integer in [1, 1], but is 3" },
        { """{"model":"story","prompt":"x","suffix":"y"}""", "suffix is not supported" },
        { """{"model":"story","prompt":"x","n":129}""", "n must be an integer in [1, 128], but is 129" },
        { """{"model":"story","prompt":["x","y"],"n":65}""", "n times the number of prompts must be at most 128, but is 65 times 2" },
        { """{"model":"story","prompt":["x",[1]]}""", "prompt must hold strings alone or arrays of token ids alone" },
        { """{"model":"story","prompt":[]}""", "prompt must be an array of 1 or more items" },
        { """{"model":"story","prompt":[-1]}""", "prompt must hold token ids" },
        { """{"model":"story","prompt":"x","stop":["a","b","c","d","e"]}""", "stop must be an array of 0 to 4 items, but has 5" },
        { """{"model":"story","prompt":"x","stop":""}""", "stop must be a string of 1 to 1000 characters, but has 0" },
        { """{"model":"story","prompt":"x","echo":true,"logprobs":2}""", "logprobs must be absent where echo is true, but is 2" },
        { """{"model":"story","prompt":"x","stream_options":{"include_usage":true}}""", "stream_options must be absent unless stream is true" },
        { """{"model":"story","prompt":"x","logit_bias":{"a":1}}""", "logit_bias must have token ids as keys, but has \"a\"" },
        { """{"model":"story","prompt":"x","logit_bias":{"5":101}}""", "logit_bias.5 must be a number in [-100, 100], but is 101" },
        { """{"model":"story","prompt":"x","sampler_order":["top_k","top_k"]}""", "sampler_order must name each stage once at most, but names top_k again" },
        { """{"model":"story","prompt":"x","min_tokens":20}""", "min_tokens must be at most max_tokens, 16, but is 20" },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_bad_body_is_a_400_that_says_what_is_wrong(string body, string says)
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.PostAsync("/v1/completions", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(says, answer.Error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("invalid_request_error", answer.Error.GetProperty("type").GetString());
        Assert.Empty(gateway.Streams.Opened);
    }

    [Fact]
    public async Task Invalid_UTF8_is_a_400()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var content = TestGateway.JsonContent([.. """{"model":"st"""u8, 0xFF, .. "\"}"u8]);
        using var response = await gateway.Client.PostAsync("/v1/completions", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("valid UTF-8", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task All_errors_of_a_request_come_together_and_param_is_the_first()
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.PostAsync("/v1/chat/completions", """{"messages":[{"role":"wizard","content":"x"}],"temperature":3,"top_p":"a","tools":[],"response_format":{"type":"json_object"}}""");
        Assert.Equal(
            """{"error":{"message":"messages[0].role must be one of \"system\", \"developer\", \"user\", \"assistant\", \"tool\", but is \"wizard\"; temperature must be a number in [0, 2], but is 3; top_p must be a number in (0, 1], but is \"a\"; tools is not supported; response_format.type must be \"text\", but is \"json_object\"; model is required, but is missing","type":"invalid_request_error","param":"messages[0].role","code":"invalid_value"}}""",
            answer.Body);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Another_content_type_is_a_400(string type)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var content = new ByteArrayContent("""{"model":"story","prompt":"x"}"""u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await gateway.Client.PostAsync("/v1/completions", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("Content-Type must be application/json", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_body_is_a_413_whether_its_length_is_announced_or_not(bool announced)
    {
        await using var gateway = await TestGateway.StartAsync(new() { MaxBodyBytes = 2048 });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = TestGateway.JsonContent(new byte[3000]) };
        request.Headers.TransferEncodingChunked = !announced;
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("at most 2048 bytes", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "unknown_url")]
    [InlineData("GET", "/", 404, "unknown_url")]
    [InlineData("GET", "/v1/completions", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/models/nothing", 404, "model_not_found")]
    [InlineData("GET", "/v1/models/gone", 503, "model_unavailable")]
    [InlineData("GET", "/v1/sessions/sess_1", 404, "session_not_found")]
    [InlineData("GET", "/test/throw", 500, "internal_error")]
    public async Task Every_failure_has_the_four_keys_and_a_request_id(string method, string path, int status, string code)
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.SendAsync(new(method), path, null);
        Assert.Equal(status, (int)answer.Status);
        Assert.Equal(["message", "type", "param", "code"], answer.Error.EnumerateObject().Select(p => p.Name));
        Assert.Equal(code, answer.Error.GetProperty("code").GetString());
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
        Assert.StartsWith("req_", answer.Headers.GetValues("x-request-id").Single());
        Assert.Equal(status == 503, answer.Headers.RetryAfter is not null);
    }

    [Theory]
    [InlineData("my-request.1", true)]
    [InlineData("two words", false)]
    public async Task A_sane_request_id_is_kept_and_another_replaced(string given, bool kept)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("x-request-id", given);
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(kept, response.Headers.GetValues("x-request-id").Single() == given);
    }

    [Theory]
    [InlineData(RefusalKind.Invalid, 400, false)]
    [InlineData(RefusalKind.NotFound, 404, false)]
    [InlineData(RefusalKind.Conflict, 409, false)]
    [InlineData(RefusalKind.QueueFull, 429, true)]
    [InlineData(RefusalKind.Unavailable, 503, true)]
    [InlineData(RefusalKind.Failed, 500, false)]
    public async Task A_refusal_before_the_first_byte_has_its_status_even_of_a_stream(RefusalKind kind, int status, bool retry)
    {
        await using var gateway = await TestGateway.StartAsync(script: r => r.Refuse(new(kind, "no: field must be 1, but is 2", "field", "some_code")));
        var answer = await gateway.PostAsync("/v1/completions", """{"model":"story","prompt":"x","stream":true}""");
        Assert.Equal(status, (int)answer.Status);
        Assert.Equal("no: field must be 1, but is 2", answer.Error.GetProperty("message").GetString());
        Assert.Equal("field", answer.Error.GetProperty("param").GetString());
        Assert.Equal("some_code", answer.Error.GetProperty("code").GetString());
        Assert.Equal(retry, answer.Headers.RetryAfter is not null);
    }

    [Fact]
    public async Task Half_open_connections_and_slow_bodies_do_not_hold_up_others()
    {
        await using var gateway = await TestGateway.StartAsync();
        List<TcpClient> halves = [];
        try
        {
            for (var i = 0; i < 200; i++)
            {
                var half = new TcpClient();
                await half.ConnectAsync(IPAddress.Loopback, gateway.Address.Port, TestContext.Current.CancellationToken);
                await half.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"), TestContext.Current.CancellationToken);
                halves.Add(half);
            }

            var answer = await gateway.PostAsync("/v1/completions", """{"model":"story","prompt":"x"}""");
            Assert.Equal(HttpStatusCode.OK, answer.Status);
        }
        finally
        {
            halves.ForEach(h => h.Dispose());
        }
    }

    [Fact]
    public void Options_out_of_range_are_all_named_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => GatewayServices.AddFoxtrotGateway(new Microsoft.Extensions.DependencyInjection.ServiceCollection(), new() { MaxBodyBytes = 1, MaxChoices = 0 }));
        Assert.Contains("MaxBodyBytes", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxChoices", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_body_is_JSON_of_known_length()
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.PostAsync("/v1/completions", "{}");
        Assert.Equal("application/json", answer.ContentHeaders.ContentType!.MediaType);
        Assert.Equal(Encoding.UTF8.GetByteCount(answer.Body), answer.ContentHeaders.ContentLength);
        Assert.Equal(JsonValueKind.Object, answer.Error.ValueKind);
    }
}
