using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Foxtrot.Contracts.Streams;
using Foxtrot.Gateway.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Foxtrot.Gateway.Tests.OpenAi;

public sealed partial class AnswerTests
{
    private static readonly TopToken[] Top = [new(1, "Once", -0.5), new(2, "Once", -1.5), new(3, "\\xE2", double.NegativeInfinity)];

    public static TheoryData<string, string, string> Wholes => new()
    {
        {
            "/v1/completions", """{"model":"story","prompt":"x","seed":7}""",
            """{"id":"cmpl-ID","object":"text_completion","created":1700000000,"model":"story","system_fingerprint":"fp_01234567_s1_fedcba98","seed":"7","choices":[{"index":0,"text":"Once é","logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2}}}"""
        },
        {
            "/v1/completions", """{"model":"story","prompt":"x","seed":-1,"echo":true,"return_token_ids":true,"return_receipt":true}""",
            """{"id":"cmpl-ID","object":"text_completion","created":1700000000,"model":"story","system_fingerprint":"fp_01234567_s1_fedcba98","seed":"18446744073709551615","choices":[{"index":0,"text":"PROMPTOnce é","logprobs":null,"token_ids":[11,12,13],"finish_reason":"length"}],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2}}}"""
        },
        {
            "/v1/completions", """{"model":"story","prompt":"x","seed":"18446744073709551614","logprobs":3}""",
            """{"id":"cmpl-ID","object":"text_completion","created":1700000000,"model":"story","system_fingerprint":"fp_01234567_s1_fedcba98","seed":"18446744073709551614","choices":[{"index":0,"text":"Once é","logprobs":{"tokens":["Once","\\xC3","\\xA9"],"token_logprobs":[-0.5,-9999.0,-0.25],"top_logprobs":[{"Once":-0.5,"\\xE2":-9999.0},{"Once":-0.5,"\\xE2":-9999.0,"\\xC3":-9999.0},{"Once":-0.5,"\\xE2":-9999.0,"\\xA9":-0.25}],"text_offset":[0,4,5]},"finish_reason":"length"}],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2}}}"""
        },
        {
            "/v1/chat/completions", """{"model":"story","messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"seed":7}""",
            """{"id":"chatcmpl-ID","object":"chat.completion","created":1700000000,"model":"story","system_fingerprint":"fp_01234567_s1_fedcba98","seed":"7","choices":[{"index":0,"message":{"role":"assistant","content":"Once é","refusal":null},"logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2}}}"""
        },
        {
            "/v1/chat/completions", """{"model":"story","messages":[{"role":"user","content":"x"}],"seed":7,"logprobs":true,"top_logprobs":3}""",
            """{"id":"chatcmpl-ID","object":"chat.completion","created":1700000000,"model":"story","system_fingerprint":"fp_01234567_s1_fedcba98","seed":"7","choices":[{"index":0,"message":{"role":"assistant","content":"Once é","refusal":null},"logprobs":{"content":[{"token":"Once","logprob":-0.5,"bytes":[79,110,99,101],"top_logprobs":[{"token":"Once","logprob":-0.5,"bytes":[79,110,99,101]},{"token":"Once","logprob":-1.5,"bytes":[79,110,99,101]},{"token":"\\xE2","logprob":-9999.0,"bytes":[226]}]},{"token":"\\xC3","logprob":-9999.0,"bytes":[195],"top_logprobs":[{"token":"Once","logprob":-0.5,"bytes":[79,110,99,101]},{"token":"Once","logprob":-1.5,"bytes":[79,110,99,101]},{"token":"\\xE2","logprob":-9999.0,"bytes":[226]}]},{"token":"\\xA9","logprob":-0.25,"bytes":[169],"top_logprobs":[{"token":"Once","logprob":-0.5,"bytes":[79,110,99,101]},{"token":"Once","logprob":-1.5,"bytes":[79,110,99,101]},{"token":"\\xE2","logprob":-9999.0,"bytes":[226]}]}],"refusal":null},"finish_reason":"length"}],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2}}}"""
        },
    };

    [Theory]
    [MemberData(nameof(Wholes))]
    public async Task Whole_answers_are_byte_for_byte_so_and_match_their_schema(string path, string body, string expected)
    {
        await using var gateway = await TestGateway.StartAsync(time: new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)), script: Script);
        var answer = await gateway.PostAsync(path, body);
        Assert.Equal(expected, Ids().Replace(answer.Body, "-ID"));
        await (await ApiSchemas.OfAsync(gateway)).CheckAsync(path == "/v1/completions" ? "Completion" : "ChatCompletion", answer.Body);
    }

    [Theory]
    [MemberData(nameof(Wholes))]
    public async Task A_stream_says_what_the_whole_answer_says_and_each_chunk_matches_its_schema(string path, string body, string whole)
    {
        await using var gateway = await TestGateway.StartAsync(script: Script);
        var schemas = await ApiSchemas.OfAsync(gateway);
        var answer = await gateway.PostAsync(path, body[..^1] + ""","stream":true,"stream_options":{"include_usage":true}}""");
        var isChat = path != "/v1/completions";
        var expected = JsonDocument.Parse(whole).RootElement;
        string text = "", tokens = "";
        var logprobs = new List<string>();
        string? finish = null;
        foreach (var data in answer.Data.SkipLast(2))
        {
            await schemas.CheckAsync(isChat ? "ChatCompletionChunk" : "CompletionChunk", data);
            var choice = JsonDocument.Parse(data).RootElement.GetProperty("choices")[0];
            text += isChat ? choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : "" : choice.GetProperty("text").GetString();
            tokens += choice.TryGetProperty("token_ids", out var ids) ? string.Concat(ids.EnumerateArray().Select(i => i + ",")) : "";
            finish ??= choice.GetProperty("finish_reason").GetString();
            if (choice.GetProperty("logprobs") is { ValueKind: JsonValueKind.Object } some)
            {
                logprobs.Add(isChat ? some.GetProperty("content")[0].GetRawText() : $"{some.GetProperty("tokens")[0]} {some.GetProperty("text_offset")[0]} {some.GetProperty("top_logprobs")[0].GetRawText()}");
            }
        }

        await schemas.CheckAsync(isChat ? "ChatCompletionChunk" : "CompletionChunk", answer.Data[^2]);
        Assert.Equal(expected.GetProperty("usage").GetRawText(), JsonDocument.Parse(answer.Data[^2]).RootElement.GetProperty("usage").GetRawText());
        var one = expected.GetProperty("choices")[0];
        Assert.Equal(isChat ? one.GetProperty("message").GetProperty("content").GetString() : one.GetProperty("text").GetString(), text);
        Assert.Equal(one.TryGetProperty("token_ids", out var all) ? string.Concat(all.EnumerateArray().Select(i => i + ",")) : "", tokens);
        Assert.Equal("length", finish);
        if (one.GetProperty("logprobs") is { ValueKind: JsonValueKind.Object } detail)
        {
            Assert.Equal(
                isChat
                    ? detail.GetProperty("content").EnumerateArray().Select(e => e.GetRawText())
                    : Enumerable.Range(0, 3).Select(i => $"{detail.GetProperty("tokens")[i]} {detail.GetProperty("text_offset")[i]} {detail.GetProperty("top_logprobs")[i].GetRawText()}"),
                logprobs);
        }
    }

    [Fact]
    public async Task A_request_without_a_seed_gets_one_and_every_part_of_the_answer_says_it()
    {
        await using var gateway = await TestGateway.StartAsync();
        var first = await gateway.PostAsync("/v1/completions", """{"model":"story","prompt":"x","n":2}""");
        var second = await gateway.PostAsync("/v1/completions", """{"model":"story","prompt":"x"}""");
        Assert.NotEqual(first.Json.GetProperty("seed").GetString(), second.Json.GetProperty("seed").GetString());
        Assert.All(gateway.Streams.Opened.Take(2), r => Assert.Equal(first.Json.GetProperty("seed").GetString(), r.Request!.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Receipts_come_with_finished_choices_where_they_were_asked_for()
    {
        await using var gateway = await TestGateway.StartAsync(script: r => r.Accept().Say("a").Finish(receipt: FakeSession.Receipt));
        var schemas = await ApiSchemas.OfAsync(gateway);
        var whole = await gateway.PostAsync("/v1/completions", """{"model":"story","prompt":"x","return_receipt":true}""");
        await schemas.CheckAsync("Completion", whole.Body);
        var receipt = whole.Json.GetProperty("choices")[0].GetProperty("receipt");
        await schemas.CheckAsync("Receipt", receipt.GetRawText());
        var streamed = await gateway.PostAsync("/v1/completions", """{"model":"story","prompt":"x","return_receipt":true,"stream":true}""");
        Assert.Equal(receipt.GetRawText(), JsonDocument.Parse(streamed.Data[^2]).RootElement.GetProperty("choices")[0].GetProperty("receipt").GetRawText());
    }

    [Fact]
    public async Task Every_parameter_reaches_the_worker()
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.PostAsync("/v1/chat/completions", """{"model":"org/small-model","messages":[{"role":"system","content":"s","name":"n"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}],"max_completion_tokens":9,"stop":"END","stop_token_ids":[4],"ignore_eos":true,"temperature":0.5,"top_k":5,"logit_bias":{"3":-1.5},"bad_words":["no"],"draw":"gumbel","sampler_order":"vllm","user":"u","metadata":{"a":"b"},"store":false,"service_tier":"auto","response_format":{"type":"text"},"tools":null}""");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var reader = gateway.Streams.Opened[0];
        Assert.Equal("org/small-model", reader.Key.Model);
        Assert.Equal("default", reader.Key.Tenant);
        Assert.Equal([new("system", "s", "n"), new("user", "ab")], reader.Request!.Prompt.Messages!);
        Assert.Equal(9, reader.Request.MaxTokens);
        Assert.Equal(["END"], reader.Request.Stop);
        Assert.Equal([4], reader.Request.StopTokenIds);
        Assert.True(reader.Request.IgnoreEndTokens);
        Assert.Equal((0.5, 5, "gumbel"), (reader.Request.Sampling.Temperature, reader.Request.Sampling.TopK, reader.Request.Sampling.Draw));
        Assert.Equal(-1.5f, reader.Request.Sampling.LogitBias![3]);
        Assert.Equal(["vllm"], reader.Request.Sampling.SamplerOrder!);
        Assert.Equal(-1, reader.Request.LogProbabilities);
    }

    [Theory]
    [InlineData("/v1/models/org/small-model")]
    [InlineData("/v1/models/org%2Fsmall-model")]
    public async Task Models_are_found_by_names_with_slashes(string path)
    {
        await using var gateway = await TestGateway.StartAsync(time: new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)));
        var answer = await gateway.GetAsync(path);
        Assert.Equal("""{"id":"org/small-model","object":"model","created":1700000000,"owned_by":"foxtrot","system_fingerprint":"fp_01234567_s1_fedcba98","exact":true,"context_length":512,"vocabulary":4096,"chat":true}""", answer.Body);
        var schemas = await ApiSchemas.OfAsync(gateway);
        await schemas.CheckAsync("Model", answer.Body);
        await schemas.CheckAsync("ModelList", (await gateway.GetAsync("/v1/models")).Body);
        await schemas.CheckAsync("Error", (await gateway.GetAsync("/v1/models/x")).Body);
    }

    // The text "Once é", in which é comes as two tokens of one byte each and its end is held back.
    private static void Script(ScriptedReader reader) => reader.Accept(promptText: "PROMPT")
        .Say("Once", "Once", -0.5, Top, 11).Say("", "\\xC3", double.NegativeInfinity, Top, 12).Say(" ", "\\xA9", -0.25, Top, 13).Finish(Finish.Length, rest: "é");

    [GeneratedRegex("-[0-9a-f]{40}")]
    private static partial Regex Ids();
}
