using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Foxtrot.Cluster.Tests.Telemetry;
using Foxtrot.Output;
using Foxtrot.Serving;

namespace Foxtrot.Tests.Serving;

[Collection("Environment")]
public sealed partial class ServedTraceTests
{
    [Fact]
    public async Task One_trace_leads_from_the_clients_request_to_the_generation_of_its_tokens()
    {
        await using var output = new ReadyWriter();
        using var terminal = new Terminal(Stream.Null, true, output, TextWriter.Null, isInteractive: false);
        using var stop = new CancellationTokenSource();
        var data = Directory.CreateTempSubdirectory("foxtrot-data-");
        try
        {
            // Nobody listens there: the spans are seen before they are sent.
            var settings = new Dictionary<string, string?>
            {
                ["Foxtrot:Urls"] = "http://127.0.0.1:0",
                ["Foxtrot:Slots"] = "2",
                ["Foxtrot:Data"] = data.FullName,
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1",
                ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "100",
            };
            var run = ServeHost.RunAsync(new ServeConfiguration(null, settings), terminal, stop.Token);
            Assert.Same(output.Ready, await Task.WhenAny(output.Ready, run));
            using var http = new HttpClient { BaseAddress = new Uri(Address().Match(await output.Ready).Value) };
            using var log = new SpanLog();
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = new StringContent(
                    """{"model":"foxtrot-stories","messages":[{"role":"user","content":"Tell a story."}],"stream":true,"seed":1,"max_tokens":8,"ignore_eos":true}""",
                    Encoding.UTF8,
                    "application/json"),
            };
            request.Headers.Add("traceparent", log.TraceParent);
            using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.EndsWith("data: [DONE]\n\n", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

            var prefill = await log.EndedAsync("prefill");
            var path = new List<Activity> { prefill };
            while (path[^1].ParentSpanId != log.Client)
            {
                path.Add(await log.ParentAsync(path[^1]));
            }

            Assert.Equal(
                [
                    "Microsoft.AspNetCore Server",
                    "Foxtrot Internal chat foxtrot-stories",
                    "Microsoft.Orleans.Application Client",
                    "Microsoft.Orleans.Application Server",
                    "Foxtrot Internal generate foxtrot-stories",
                    "Foxtrot Internal prefill",
                ],
                Enumerable.Reverse(path).Select(s => s.Source.Name == "Foxtrot" ? $"{s.Source.Name} {s.Kind} {s.OperationName}" : $"{s.Source.Name} {s.Kind}"));
            Assert.Equal((await log.EndedAsync("step foxtrot-stories")).Context, Assert.Single(prefill.Links).Context);
            await stop.CancelAsync();
            await run;
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
