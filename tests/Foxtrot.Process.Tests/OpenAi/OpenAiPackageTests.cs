using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using Foxtrot.Process.Tests.Processes;
using Foxtrot.Process.Tests.Streams;
using OpenAI;
using OpenAI.Chat;

namespace Foxtrot.Process.Tests.OpenAi;

/// <summary>The official .NET client, as it comes. It has no legacy completions.</summary>
[Collection(OneAtATime.Name)]
public sealed class OpenAiPackageTests(EmbeddedServer server) : IClassFixture<EmbeddedServer>
{
    private static readonly ChatMessage[] Hello = [new UserChatMessage("Once upon a time")];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chat_completion_has_text_usage_and_a_finish_reason()
    {
        ChatCompletion answer = await Client().CompleteChatAsync(Hello, Options(seed: 7), Cancelled);

        Assert.NotEmpty(answer.Content[0].Text);
        Assert.Equal(ChatMessageRole.Assistant, answer.Role);
        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.Equal(24, answer.Usage.OutputTokenCount);
        Assert.Equal(answer.Usage.InputTokenCount + 24, answer.Usage.TotalTokenCount);
        Assert.StartsWith("chatcmpl-", answer.Id, StringComparison.Ordinal);
        Assert.NotEmpty(answer.SystemFingerprint);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_text_and_another_seed_another()
    {
        ChatCompletion first = await Client().CompleteChatAsync(Hello, Options(seed: 7), Cancelled);
        ChatCompletion again = await Client().CompleteChatAsync(Hello, Options(seed: 7), Cancelled);
        ChatCompletion other = await Client().CompleteChatAsync(Hello, Options(seed: 8), Cancelled);

        Assert.Equal(first.Content[0].Text, again.Content[0].Text);
        Assert.NotEqual(first.Content[0].Text, other.Content[0].Text);
    }

    [Fact]
    public async Task Streaming_gives_the_same_text_and_usage_as_not_streaming()
    {
        ChatCompletion whole = await Client().CompleteChatAsync(Hello, Options(seed: 11), Cancelled);
        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        ChatFinishReason? finish = null;
        ChatMessageRole? role = null;
        await foreach (var update in Client().CompleteChatStreamingAsync(Hello, Options(seed: 11), Cancelled))
        {
            role ??= update.Role;
            finish = update.FinishReason ?? finish;
            usage = update.Usage ?? usage;
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
        }

        Assert.Equal(whole.Content[0].Text, text.ToString());
        Assert.Equal(ChatMessageRole.Assistant, role);
        Assert.Equal(whole.FinishReason, finish);
        Assert.Equal(whole.Usage.TotalTokenCount, usage?.TotalTokenCount);
    }

    [Fact]
    public async Task Every_token_comes_with_its_log_probabilities()
    {
        var options = Options(seed: 3);
        options.IncludeLogProbabilities = true;
        options.TopLogProbabilityCount = 4;
        ChatCompletion whole = await Client().CompleteChatAsync(Hello, options, Cancelled);

        Assert.Equal(24, whole.ContentTokenLogProbabilities.Count);
        Assert.All(whole.ContentTokenLogProbabilities, token =>
        {
            Assert.InRange(token.LogProbability, float.MinValue, 0);
            Assert.Equal(4, token.TopLogProbabilities.Count);
            Assert.Equal(token.TopLogProbabilities.OrderByDescending(top => top.LogProbability), token.TopLogProbabilities);
        });
        var bytes = whole.ContentTokenLogProbabilities.SelectMany(token => token.Utf8Bytes!.Value.ToArray()).ToArray();
        Assert.StartsWith(whole.Content[0].Text, Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);

        var streamed = new List<ChatTokenLogProbabilityDetails>();
        await foreach (var update in Client().CompleteChatStreamingAsync(Hello, options, Cancelled))
        {
            streamed.AddRange(update.ContentTokenLogProbabilities);
        }

        Assert.Equal(whole.ContentTokenLogProbabilities.Select(token => (token.Token, token.LogProbability)), streamed.Select(token => (token.Token, token.LogProbability)));
    }

    [Fact]
    public async Task A_stop_sequence_ends_the_text_before_itself()
    {
        ChatCompletion whole = await Client().CompleteChatAsync(Hello, Options(seed: 5), Cancelled);
        var text = whole.Content[0].Text;
        var stop = text[(text.Length / 2)..((text.Length / 2) + 3)];
        var options = Options(seed: 5);
        options.StopSequences.Add(stop);
        ChatCompletion stopped = await Client().CompleteChatAsync(Hello, options, Cancelled);

        Assert.Equal(text[..text.IndexOf(stop, StringComparison.Ordinal)], stopped.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
    }

    [Fact]
    public async Task Several_choices_differ_and_the_first_is_the_only_one_of_a_request_for_one()
    {
        ChatCompletion one = await Client().CompleteChatAsync(Hello, Options(seed: 9), Cancelled);

        // The package's typed options have no n; its protocol method takes any body.
        var body = BinaryContent.Create(BinaryData.FromObjectAsJson(new
        {
            model = StreamPlan.Model,
            messages = new[] { new { role = "user", content = "Once upon a time" } },
            max_tokens = 24,
            seed = 9,
            n = 3,
        }));
        var result = await Client().CompleteChatAsync(body, new RequestOptions { CancellationToken = Cancelled });
        using var json = JsonDocument.Parse(result.GetRawResponse().Content);
        var texts = json.RootElement.GetProperty("choices").EnumerateArray()
            .OrderBy(choice => choice.GetProperty("index").GetInt32())
            .Select(choice => choice.GetProperty("message").GetProperty("content").GetString())
            .ToArray();

        Assert.Equal(3, texts.Distinct().Count());
        Assert.Equal(one.Content[0].Text, texts[0]);
        Assert.Equal(72, json.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task An_unknown_model_is_a_404_that_names_it()
    {
        var error = await Assert.ThrowsAsync<ClientResultException>(() => Client("no-such-model").CompleteChatAsync(Hello, Options(seed: 1), Cancelled));

        Assert.Equal(404, error.Status);
        Assert.Contains("no-such-model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_parameter_is_a_400_that_names_the_field_the_bound_and_the_value()
    {
        var options = Options(seed: 1);
        options.Temperature = 3.5f;
        var error = await Assert.ThrowsAsync<ClientResultException>(() => Client().CompleteChatAsync(Hello, options, Cancelled));

        Assert.Equal(400, error.Status);
        Assert.Contains("temperature", error.Message, StringComparison.Ordinal);
        Assert.Contains("2", error.Message, StringComparison.Ordinal);
        Assert.Contains("3.5", error.Message, StringComparison.Ordinal);
    }

    internal static ChatClient Client(Uri address, string model, HttpMessageHandler? handler = null)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(address, "/v1") };
        if (handler is not null)
        {
            options.Transport = new HttpClientPipelineTransport(new HttpClient(handler));
        }

        return new ChatClient(model, new ApiKeyCredential("unused"), options);
    }

    private static ChatCompletionOptions Options(long seed) => new()
    {
        MaxOutputTokenCount = 24,
#pragma warning disable OPENAI001 // Marked as experimental by the package; it is a part of the API all the same.
        Seed = seed,
#pragma warning restore OPENAI001
    };

    private ChatClient Client(string model = StreamPlan.Model) => Client(server.Address, model);
}
