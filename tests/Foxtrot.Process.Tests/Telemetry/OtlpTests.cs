using System.Text;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Tenants;

namespace Foxtrot.Process.Tests.Telemetry;

/// <summary>What a collector gets from real processes.</summary>
[Collection(OneAtATime.Name)]
public sealed class OtlpTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Request = "seen-by-a-collector";
    private const string Prompt = "Wilhelmina the walrus";

    [Fact]
    public async Task A_collector_gets_one_request_s_spans_logs_and_exemplars_under_its_trace_and_none_of_its_text()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using var cluster = await FoxtrotCluster.StartAsync(1, 4, new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
            ["Logging__LogLevel__Foxtrot"] = "Information",
        });
        using var http = new HttpClient { BaseAddress = cluster.Address };
        var answer = await Deadline.Within(
            TenantServer.SendAsync(
                http,
                "POST /v1/completions",
                $$"""{"model": "foxtrot-stories", "prompt": "{{Prompt}}", "max_tokens": 24, "temperature": 0, "seed": 7}""",
                null,
                ("traceparent", $"00-{Trace}-00f067aa0ba902b7-01"),
                ("x-request-id", Request)),
            "an answer",
            cluster.Describe);

        // The gateway's spans, the worker's, and the call between them.
        string[] spans = ["POST /v1/completions", "text_completion foxtrot-stories", "IGenerationGrain/Run", "generate foxtrot-stories", "queue", "prefill"];
        foreach (var name in spans)
        {
            await SeenAsync(() => collector.Spans.Any(s => s.Text(5) == name && s.Hex(1) == Trace), $"the span {name}");
        }

        // The step is a trace of its own that points at the request.
        await SeenAsync(() => collector.Spans.Any(s => s.Text(5) == "step foxtrot-stories" && s.Hex(1) != Trace && s.All(13).Any(link => link.Hex(1) == Trace)), "the step");
        foreach (var metric in (string[])["foxtrot.time_to_first_token", "gen_ai.server.time_to_first_token"])
        {
            await SeenAsync(
                () => collector.Metrics.Where(m => m.Text(1) == metric).SelectMany(m => m.All(9, 1, 8)).Any(exemplar => exemplar.Hex(5) == Trace),
                $"an exemplar of {metric}");
        }

        await SeenAsync(
            () => collector.Logs.Any(l => l.Hex(9) == Trace && l.All(6).Any(a => a.Text(1) == "RequestId" && a.All(2).Single().Text(1) == Request)),
            "a log record with the trace and the request's id");

        var output = answer.Json.GetProperty("choices")[0].GetProperty("text").GetString()!;
        Assert.True(output.Length > 20, $"'{output}' is too short to be looked for");
        Assert.All(collector.Bodies, body =>
        {
            Assert.Equal(-1, body.Span.IndexOf(Encoding.UTF8.GetBytes(Prompt)));
            Assert.Equal(-1, body.Span.IndexOf(Encoding.UTF8.GetBytes(output[..20])));
        });

        async Task SeenAsync(Func<bool> condition, string what) => await Deadline.Until(
            () => Task.FromResult(condition()),
            what,
            () => "Spans: " + string.Join(", ", collector.Spans.Select(s => $"{s.Text(5)} {s.Hex(1)[..4]}").Distinct()) + Environment.NewLine + cluster.Describe());
    }
}
