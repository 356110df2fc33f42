using System.Net;
using System.Text.Json;
using Foxtrot.Gateway.Tests.Fakes;

namespace Foxtrot.Gateway.Tests.OpenAi;

public sealed class StreamingTests
{
    private const string Chat = """{"model":"story","messages":[{"role":"user","content":"hi"}],"stream":true,"seed":7}""";

    [Fact]
    public async Task A_chat_stream_has_a_role_the_text_a_finish_reason_and_DONE()
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.PostAsync("/v1/chat/completions", Chat);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("text/event-stream; charset=utf-8", answer.ContentHeaders.ContentType!.ToString());
        Assert.Equal("no-cache", answer.Headers.CacheControl!.ToString());
        Assert.Equal("no", answer.Headers.GetValues("X-Accel-Buffering").Single());
        var data = answer.Data;
        Assert.Equal("[DONE]", data[^1]);
        var chunks = data.SkipLast(1).Select(d => JsonDocument.Parse(d).RootElement).ToArray();
        Assert.All(chunks, c =>
        {
            Assert.Equal("chat.completion.chunk", c.GetProperty("object").GetString());
            Assert.Equal("story", c.GetProperty("model").GetString());
            Assert.Equal("7", c.GetProperty("seed").GetString());
            Assert.Equal("fp_01234567_s1_fedcba98", c.GetProperty("system_fingerprint").GetString());
            Assert.False(c.TryGetProperty("usage", out _));
        });
        Assert.Single(chunks.Select(c => c.GetProperty("id").GetString()).Distinct());
        var deltas = chunks.Select(c => c.GetProperty("choices")[0].GetProperty("delta")).ToArray();
        Assert.Equal("assistant", deltas[0].GetProperty("role").GetString());
        Assert.Equal("Once upon a \"time\"\n", string.Concat(deltas.Select(d => d.TryGetProperty("content", out var c) ? c.GetString() : "")));
        Assert.Equal("stop", chunks[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.All(chunks.SkipLast(1), c => Assert.Equal(JsonValueKind.Null, c.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind));
    }

    [Fact]
    public async Task A_completion_stream_has_text_and_DONE()
    {
        await using var gateway = await TestGateway.StartAsync();
        var answer = await gateway.PostAsync("/v1/completions", """{"model":"story","prompt":"x","stream":true,"stream_options":{"include_usage":true}}""");
        var chunks = answer.Data.SkipLast(1).Select(d => JsonDocument.Parse(d).RootElement).ToArray();
        Assert.Equal("Once upon a \"time\"\n", string.Concat(chunks.SkipLast(1).Select(c => c.GetProperty("choices")[0].GetProperty("text").GetString())));
        Assert.All(chunks.SkipLast(1), c => Assert.Equal(JsonValueKind.Null, c.GetProperty("usage").ValueKind));
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal("""{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2}}""", chunks[^1].GetProperty("usage").GetRawText());
    }
}
