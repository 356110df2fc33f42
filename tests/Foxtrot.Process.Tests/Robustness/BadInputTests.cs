using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;

namespace Foxtrot.Process.Tests.Robustness;

/// <summary>Whatever is sent, the answer is a clear 4xx.</summary>
[Collection(OneAtATime.Name)]
public sealed class BadInputTests(EmbeddedServer server) : IClassFixture<EmbeddedServer>
{
    private static readonly string[] Paths = ["/v1/chat/completions", "/v1/completions", "/v1/sessions"];

    private static readonly string[] Numbers =
    [
        "max_tokens", "temperature", "top_p", "top_k", "min_p", "typical_p", "top_n_sigma", "epsilon_cutoff", "eta_cutoff", "xtc_probability",
        "xtc_threshold", "dynatemp_range", "dynatemp_exponent", "mirostat", "mirostat_tau", "mirostat_eta", "repetition_penalty", "frequency_penalty",
        "presence_penalty", "no_repeat_ngram_size", "dry_multiplier", "dry_base", "dry_allowed_length", "dry_penalty_last_n", "min_tokens", "seed",
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Bodies =>
    [
        "", " ", "{", "}", "[]", "null", "5", "\"text\"", "{\"model\":", "{\"model\": \"foxtrot-stories\",}", "{'model': 1}", "{\"model\": NaN}",
        "{} {}", "{\"model\": 5}", "{\"model\": null}", "{\"model\": \"\"}", "{}", "\0",
    ];

    public static TheoryData<string, string> Fields => new(
        from name in Numbers
        from value in (string[])["\"x\"", "\"1\"", "{}", "[]", "[1]", "true", "1e999", "-1e999", "NaN", "Infinity", "-123456789123456789123456789"]
        where (name, value) != ("seed", "\"1\"") // 64 bits do not fit every client's numbers.
        select (name, value));

    public static TheoryData<string> Requests =>
    [
        """{"prompt": "a", "unheard_of": 1}""",
        """{"prompt": "a", "stop": ["1", "2", "3", "4", "5"]}""",
        """{"prompt": "a", "stop": [""]}""",
        """{"prompt": "a", "stop": 5}""",
        """{"prompt": [99999999]}""",
        """{"prompt": [-1]}""",
        """{"prompt": [1.5]}""",
        """{"prompt": [null]}""",
        """{"prompt": {}}""",
        """{"prompt": "\ud800"}""",
        """{"prompt": "a", "max_tokens": 0}""",
        """{"prompt": "a", "max_tokens": -1}""",
        """{"prompt": "a", "max_tokens": 2147483648}""",
        """{"prompt": "a", "n": 0}""",
        """{"prompt": "a", "n": 100000}""",
        """{"prompt": "a", "temperature": 2.01}""",
        """{"prompt": "a", "top_p": 0}""",
        """{"prompt": "a", "logprobs": 6}""",
        """{"prompt": "a", "logit_bias": {"x": 1}}""",
        """{"prompt": "a", "logit_bias": {"5": 101}}""",
        """{"prompt": "a", "logit_bias": {"99999999": 1}}""",
        """{"prompt": "a", "allowed_token_ids": []}""",
        """{"prompt": "a", "sampler_order": ["nonsense"]}""",
        """{"prompt": "a", "draw": "dice"}""",
        """{"prompt": "a", "stream": "yes"}""",
        """{"prompt": "a", "bad_words": [""]}""",
        """{"prompt": "a", "response_format": {"type": "json_schema"}}""",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task What_is_not_a_request_is_refused(string body)
    {
        foreach (var path in Paths)
        {
            await AssertRefusedAsync(path, Encoding.UTF8.GetBytes(body), HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task Depth_without_end_is_refused()
    {
        foreach (var level in (string[])["[", "{\"a\":", "{\"messages\":["])
        {
            await AssertRefusedAsync("/v1/chat/completions", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(level, 50_000))), HttpStatusCode.BadRequest);
        }
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task A_number_of_the_wrong_type_or_beyond_all_bounds_is_refused_by_name(string field, string value)
    {
        var body = $$"""{"model": "{{StreamPlan.Model}}", "prompt": "a", "{{field}}": {{value}}}""";
        var error = await AssertRefusedAsync("/v1/completions", Encoding.UTF8.GetBytes(body), HttpStatusCode.BadRequest);
        if (value is not ("NaN" or "Infinity"))
        {
            Assert.Contains(field, error, StringComparison.Ordinal);
        }

        await AssertRefusedAsync("/v1/sessions", Encoding.UTF8.GetBytes(body), HttpStatusCode.BadRequest);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_out_of_bounds_is_refused(string body)
    {
        // Put together as text: not every one of these is JSON that a library would read.
        var request = $$"""{"model": "{{StreamPlan.Model}}", {{body[1..]}}""";
        await AssertRefusedAsync("/v1/completions", Encoding.UTF8.GetBytes(request), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Bytes_that_are_not_utf_8_are_refused()
    {
        byte[] body = [.. """{"model": "foxtrot-stories", "prompt": "a"""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8];
        foreach (var path in Paths)
        {
            await AssertRefusedAsync(path, body, HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task A_prompt_longer_than_the_context_is_refused_with_the_bound()
    {
        var body = new JsonObject { ["model"] = StreamPlan.Model, ["prompt"] = string.Concat(Enumerable.Repeat("Once upon a time. ", 1000)) };
        var error = await AssertRefusedAsync("/v1/completions", Encoding.UTF8.GetBytes(body.ToJsonString()), HttpStatusCode.BadRequest);
        Assert.Contains("512", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404)]
    [InlineData("GET", "/v1/models/none", 404)]
    [InlineData("GET", "/v1/sessions/none", 404)]
    [InlineData("GET", "/v1/sessions/sess_0000000000000000000000000000000000000000", 404)]
    [InlineData("GET", "/v1/sessions/..%2f..%2fetc", 404)]
    [InlineData("DELETE", "/v1/sessions/none", 404)]
    [InlineData("GET", "/v1/sessions/none/stream?from=x", 4)]
    [InlineData("GET", "/v1/sessions/none/explain?at=-1&top=99999999999999", 4)]
    [InlineData("PUT", "/v1/completions", 405)]
    [InlineData("GET", "/v1/chat/completions", 405)]
    public async Task What_is_not_there_is_said_not_to_be(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await server.Http.SendAsync(request, Cancelled);
        Assert.Equal(status, status < 10 ? (int)response.StatusCode / 100 : (int)response.StatusCode);
        AssertErrorBody(await response.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task A_body_that_says_it_has_10_MB_is_refused_before_it_comes()
    {
        using var connection = new RawRequest();
        await connection.SendAsync(
            server.Address, "POST /v1/completions HTTP/1.1\r\nHost: foxtrot\r\nContent-Type: application/json\r\nContent-Length: 10485760\r\n\r\n{", Cancelled);
        Assert.Equal(413, await Deadline.Within(connection.StatusAsync(Cancelled), "the answer comes", server.Process.Describe));
    }

    [Fact]
    public async Task A_body_that_turns_out_to_have_10_MB_is_refused()
    {
        using var connection = new RawRequest();
        await connection.SendAsync(
            server.Address, "POST /v1/completions HTTP/1.1\r\nHost: foxtrot\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", Cancelled);
        var sending = SendChunksAsync(connection);
        Assert.Equal(413, await Deadline.Within(connection.StatusAsync(Cancelled), "the answer comes", server.Process.Describe));
        await sending;
    }

    private static async Task SendChunksAsync(RawRequest connection)
    {
        var chunk = Encoding.Latin1.GetBytes($"10000\r\n{new string(' ', 0x10000)}\r\n");
        try
        {
            for (var i = 0; i < 160; i++)
            {
                await connection.SendAsync(chunk, Cancelled);
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Refused and closed, as it should be.
        }
    }

    private async Task<string> AssertRefusedAsync(string path, byte[] body, HttpStatusCode status)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await server.Http.PostAsync(path, content, Cancelled);
        var answer = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.StatusCode == status, $"{path}: expected {(int)status}, got {(int)response.StatusCode}: {answer}{Environment.NewLine}{server.Process.Describe()}");
        AssertErrorBody(answer);
        Assert.True(response.Headers.Contains("x-request-id"), "x-request-id is missing");
        return answer;
    }

    private static void AssertErrorBody(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        var error = json.RootElement.GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(property => property.Name));
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
    }
}
