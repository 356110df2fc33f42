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
        await using var server = await StartSmallAsync();
        await RetryAsync(async () =>
        {
            await using var full = await FullServer.StartAsync(server);
            using var observer = new StatusObserver(full.Leave);
            ChatCompletion answer = await OpenAiPackageTests.Client(server.Address!, StreamPlan.Model, observer)
                .CompleteChatAsync([new UserChatMessage("Once upon a time")], new ChatCompletionOptions { MaxOutputTokenCount = 24 }, Cancelled);

            Assert.NotEmpty(answer.Content);
            Assert.Equal(HttpStatusCode.OK, observer.Statuses.Last());
            Assert.True(observer.RetryAfter is null || observer.RetryAfter >= TimeSpan.FromSeconds(1), $"{observer.RetryAfter}");
            return observer.Statuses.First() == HttpStatusCode.TooManyRequests;
        });
    }

    [Fact]
    public async Task A_full_queue_is_a_429_that_the_npm_client_waits_out()
    {
        await using var server = await StartSmallAsync();
        await RetryAsync(async () =>
        {
            await using var full = await FullServer.StartAsync(server);
            var statuses = new ConcurrentQueue<string>();
            await using var node = await NpmPackage.RunAsync(server.Address!, "retries", line =>
            {
                statuses.Enqueue(line);
                full.Leave();
            });
            var exit = await Deadline.Within(node.Exit, "checks.mjs retries ends", node.Describe);

            Assert.True(exit == 0, node.Describe());
            Assert.Contains(statuses, line => line.StartsWith("status 200", StringComparison.Ordinal));
            return Refused().IsMatch(statuses.First());
        });
    }

    private static Task<FoxtrotProcess> StartSmallAsync() => EmbeddedServer.StartAsync(Reaper.NewFolder("data"), "--slots", "1", "--queue", "0");

    // A request may slip in just when a slot has become free. Rarely; three times in a row means that nothing is ever refused.
    private static async Task RetryAsync(Func<Task<bool>> wasRefusedFirst)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (await wasRefusedFirst())
            {
                return;
            }
        }

        Assert.Fail("The server was full, and refused none of three requests.");
    }

    private static BinaryData LongRequest() => BinaryData.FromBytes(Encoding.UTF8.GetBytes(
        $$"""{"model": "{{StreamPlan.Model}}", "messages": [{"role": "user", "content": "Once"}], "n": {{Choices}}, "max_tokens": {{TokensPerChoice}}, "ignore_eos": true, "stream": true}"""));

    [GeneratedRegex("^status 429 retry-after [1-9]")]
    private static partial Regex Refused();

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
