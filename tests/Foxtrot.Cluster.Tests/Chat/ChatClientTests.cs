using Foxtrot.Client;
using Foxtrot.Client.Chat;
using Foxtrot.Cluster.Tests.Sessions;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Model;
using Microsoft.Extensions.AI;

namespace Foxtrot.Cluster.Tests.Chat;

public sealed class ChatClientTests(OperationTests.SharedCluster shared) : IClassFixture<OperationTests.SharedCluster>, IDisposable
{
    private readonly FoxtrotChatClient _client = new(shared.Cluster.Grains, shared.Cluster.Streams, BundledModel.Name);

    private static ChatMessage[] Ask => [new(ChatRole.User, "Tell me a story about a fox.")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task The_same_seed_gives_the_same_reply_streamed_or_not()
    {
        var options = new ChatOptions { Seed = 4, MaxOutputTokens = 40, Temperature = 0.8f };
        var whole = await _client.GetResponseAsync(Ask, options, Cancel);
        var updates = await _client.GetStreamingResponseAsync(Ask, options, Cancel).ToListAsync(Cancel);
        Assert.Equal(whole.Text, string.Concat(updates.Select(u => u.Text)));
        Assert.NotEmpty(whole.Text);
        Assert.True(updates.Count > 5);
        Assert.Equal(ChatFinishReason.Length, whole.FinishReason);
        Assert.Equal(40, whole.Usage!.OutputTokenCount);
        var other = await _client.GetResponseAsync(Ask, new ChatOptions { Seed = 5, MaxOutputTokens = 40 }, Cancel);
        Assert.NotEqual(whole.Text, other.Text);
    }

    [Fact]
    public async Task A_background_reply_can_be_read_on_from_any_update_by_another_client()
    {
        var options = new ChatOptions { Seed = 6, MaxOutputTokens = 60, AllowBackgroundResponses = true };
        var updates = await _client.GetStreamingResponseAsync(Ask, options, Cancel).ToListAsync(Cancel);
        var whole = string.Concat(updates.Select(u => u.Text));
        var other = new FoxtrotChatClient(shared.Cluster.Grains, shared.Cluster.Streams, BundledModel.Name);
        for (var i = 0; i < updates.Count - 1; i += 7)
        {
            var read = string.Concat(updates.Take(i + 1).Select(u => u.Text));
            var rest = await other.GetResponseAsync([], new ChatOptions { ContinuationToken = updates[i].ContinuationToken }, Cancel);
            Assert.Equal(whole, read + rest.Text);
        }

        var stranger = new FoxtrotChatClient(shared.Cluster.Grains, shared.Cluster.Streams, BundledModel.Name, tenant: "stranger");
        var refused = await Assert.ThrowsAsync<FoxtrotException>(() => stranger.GetResponseAsync([], new ChatOptions { ContinuationToken = updates[0].ContinuationToken }, Cancel));
        Assert.Equal(RefusalKind.NotFound, refused.Refusal.Kind);
    }

    [Fact]
    public async Task What_there_is_not_is_refused_by_name()
    {
        var tools = await Assert.ThrowsAsync<NotSupportedException>(() =>
            _client.GetResponseAsync(Ask, new ChatOptions { Tools = [AIFunctionFactory()] }, Cancel));
        Assert.Contains("Tools", tools.Message, StringComparison.Ordinal);
        var json = await Assert.ThrowsAsync<NotSupportedException>(() => _client.GetResponseAsync(Ask, new ChatOptions { ResponseFormat = ChatResponseFormat.Json }, Cancel));
        Assert.Contains("ResponseFormat", json.Message, StringComparison.Ordinal);
        var range = await Assert.ThrowsAsync<FoxtrotException>(() => _client.GetResponseAsync(Ask, new ChatOptions { Temperature = 7 }, Cancel));
        Assert.Equal("temperature", range.Refusal.Param);
        var model = await Assert.ThrowsAsync<FoxtrotException>(() => _client.GetResponseAsync(Ask, new ChatOptions { ModelId = "nobody" }, Cancel));
        Assert.Equal(RefusalKind.Unavailable, model.Refusal.Kind);

        static AITool AIFunctionFactory() => new HostedWebSearchTool();
    }

    [Fact]
    public async Task Sampling_parameters_that_the_options_lack_are_passed_on()
    {
        var sampling = new SamplingSettings { Temperature = 0 };
        ChatOptions Options(long seed) => new() { Seed = seed, MaxOutputTokens = 20, AdditionalProperties = new() { ["sampling"] = sampling } };
        Assert.Equal((await _client.GetResponseAsync(Ask, Options(1), Cancel)).Text, (await _client.GetResponseAsync(Ask, Options(2), Cancel)).Text);
    }
}
