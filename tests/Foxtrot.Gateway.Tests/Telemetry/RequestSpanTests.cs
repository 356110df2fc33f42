using System.Diagnostics;
using System.Globalization;
using Foxtrot.Cluster.Tests.Telemetry;
using Foxtrot.Gateway.Tests.Fakes;

namespace Foxtrot.Gateway.Tests.Telemetry;

public sealed class RequestSpanTests
{
    private const string Http = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    private const string Chat = """
        {"model":"story","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"a private matter"}],
         "stream":true,"seed":7,"temperature":0.5,"top_p":0.9,"top_k":40,"max_tokens":16}
        """;

    [Fact]
    public async Task A_traced_request_has_the_attributes_of_the_conventions_and_no_text()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var log = new SpanLog();
        await gateway.SendAsync(HttpMethod.Post, "/v1/chat/completions", Chat, ("traceparent", log.TraceParent));
        var http = await log.EndedAsync(Http);
        var span = await log.EndedAsync("chat story");
        Assert.Equal((log.Client, http.SpanId), (http.ParentSpanId, span.ParentSpanId));
        Assert.Equal(
            [
                "gen_ai.operation.name=chat",
                "gen_ai.provider.name=foxtrot",
                "gen_ai.request.max_tokens=16",
                "gen_ai.request.model=story",
                "gen_ai.request.seed=7",
                "gen_ai.request.temperature=0.5",
                "gen_ai.request.top_k=40",
                "gen_ai.request.top_p=0.9",
                "gen_ai.response.finish_reasons=stop",
                "gen_ai.response.id=chatcmpl",
                "gen_ai.response.model=story",
                "gen_ai.usage.input_tokens=5",
                "gen_ai.usage.output_tokens=3",
            ],
            span.TagObjects.Select(tag => $"{tag.Key}={(tag.Key == "gen_ai.response.id" ? Text(tag.Value).Split('-')[0] : Text(tag.Value))}").Order(StringComparer.Ordinal));
        var said = string.Join('\n', log.Ended.SelectMany(s => s.TagObjects).Select(tag => Text(tag.Value)));
        Assert.DoesNotContain("private", said, StringComparison.Ordinal);
        Assert.DoesNotContain("brief", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Once", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Text_is_told_where_the_operator_asks_for_it(string stream)
    {
        await using var gateway = await TestGateway.StartAsync(new() { CaptureMessageContent = true });
        using var log = new SpanLog();
        await gateway.SendAsync(
            HttpMethod.Post, "/v1/chat/completions", Chat.Replace("\"stream\":true", "\"stream\":" + stream, StringComparison.Ordinal), ("traceparent", log.TraceParent));
        var span = await log.EndedAsync("chat story");
        Assert.Equal(
            """[{"role":"system","parts":[{"type":"text","content":"be brief"}]},{"role":"user","parts":[{"type":"text","content":"a private matter"}]}]""",
            span.GetTagItem("gen_ai.input.messages"));
        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"text","content":"Once upon a \u0022time\u0022\n"}],"finish_reason":"stop"}]""",
            span.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task A_request_that_is_refused_says_the_code_of_its_error()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var log = new SpanLog();
        var answer = await gateway.SendAsync(
            HttpMethod.Post, "/v1/chat/completions", Chat.Replace("\"story\"", "\"another\"", StringComparison.Ordinal), ("traceparent", log.TraceParent));
        var span = await log.EndedAsync("chat another");
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Null(span.StatusDescription);
        Assert.Equal(answer.Error.GetProperty("code").GetString(), span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task A_request_that_is_not_sampled_makes_no_span()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var log = new SpanLog(sampled: false);
        await gateway.SendAsync(HttpMethod.Post, "/v1/chat/completions", Chat, ("traceparent", log.TraceParent));
        Assert.Empty(log.Started);
    }

    private static string Text(object? value) => value is string[] several ? string.Join(',', several) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
