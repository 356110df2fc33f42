using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;
using OpenAI.Chat;

namespace Foxtrot.Process.Tests.OpenAi;

/// <summary>What clients do to a server that has more to do than they like, and it to them.</summary>
[Collection(OneAtATime.Name)]
public sealed partial class BusyServerTests
{
    private const int Choices = 64;
    private const int TokensPerChoice = 400;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_leaves_stops_its_generation_and_pays_for_what_was_generated()
    {
        await using var server = await EmbeddedServer.StartAsync(Reaper.NewFolder("data"), "--slots", "4");
        var usage = server.LineAsync(line => line.Contains("Usage of", StringComparison.Ordinal));
        var client = OpenAiPackageTests.Client(server.Address!, StreamPlan.Model);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var result = await client.CompleteChatAsync(BinaryContent.Create(LongRequest()), new RequestOptions { BufferResponse = false, CancellationToken = stop.Token });
        using (var response = result.GetRawResponse())
        {
            var first = new byte[1];
            await response.ContentStream!.ReadExactlyAsync(first, Cancelled);
            await stop.CancelAsync();
        }

        var line = await Deadline.Within(usage, "the usage of the aborted request is logged", server.Describe);
        Assert.Contains("aborted True", line, StringComparison.Ordinal);
        var generated = int.Parse(Generated().Match(line).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.InRange(generated, 0, Choices * TokensPerChoice / 2);
    }

    [Fact]
    public async Task A_full_queue_is_a_429_that_the_package_waits_out()
    {
        await using var server = await StartBusyAsync();
        using var http = new HttpClient();
        using var blocker = await BlockAsync(http, server.Address!);
        using var observer = new StatusObserver(() => blocker.Dispose());

        ChatCompletion answer = await OpenAiPackageTests.Client(server.Address!, StreamPlan.Model, observer)
            .CompleteChatAsync([new UserChatMessage("Once upon a time")], new ChatCompletionOptions { MaxOutputTokenCount = 24 }, Cancelled);

        Assert.NotEmpty(answer.Content);
        Assert.Equal(HttpStatusCode.TooManyRequests, observer.Statuses.First());
        Assert.Equal(HttpStatusCode.OK, observer.Statuses.Last());
        Assert.InRange(observer.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_full_queue_is_a_429_that_the_npm_client_waits_out()
    {
        await using var server = await StartBusyAsync();
        using var http = new HttpClient();
        using var blocker = await BlockAsync(http, server.Address!);
        var statuses = new ConcurrentQueue<string>();
        await using var node = await NpmPackage.RunAsync(server.Address!, "retries", line =>
        {
            statuses.Enqueue(line);
            blocker.Dispose();
        });

        var exit = await Deadline.Within(node.Exit, "checks.mjs retries ends", node.Describe);

        Assert.True(exit == 0, node.Describe());
        Assert.Matches("^status 429 retry-after [1-9]", statuses.First());
        Assert.StartsWith("status 200", statuses.Last(), StringComparison.Ordinal);
    }

    private static Task<FoxtrotProcess> StartBusyAsync() => EmbeddedServer.StartAsync(
        Reaper.NewFolder("data"), "--slots", "1", "--queue", (Choices - 1).ToString(CultureInfo.InvariantCulture));

    // As many sequences as the slot and the queue take; they run one after another, far longer than a request takes to be refused.
    private static async Task<HttpResponseMessage> BlockAsync(HttpClient http, Uri address)
    {
        using var content = new ByteArrayContent(LongRequest().ToArray());
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/v1/chat/completions")) { Content = content };
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}");
        return response;
    }

    private static BinaryData LongRequest() => BinaryData.FromBytes(Encoding.UTF8.GetBytes(
        $$"""{"model": "{{StreamPlan.Model}}", "messages": [{"role": "user", "content": "Once"}], "n": {{Choices}}, "max_tokens": {{TokensPerChoice}}, "ignore_eos": true, "stream": true}"""));

    [GeneratedRegex(@"(\d+) generated")]
    private static partial Regex Generated();

    private sealed class StatusObserver(Action onRefused) : DelegatingHandler(new HttpClientHandler())
    {
        public ConcurrentQueue<HttpStatusCode> Statuses { get; } = [];

        public TimeSpan? RetryAfter { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            Statuses.Enqueue(response.StatusCode);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                RetryAfter ??= response.Headers.RetryAfter?.Delta;
                onRefused();
            }

            return response;
        }
    }
}
