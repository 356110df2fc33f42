using System.Runtime.CompilerServices;
using Foxtrot.Client.Streams;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Streams;
using Foxtrot.Contracts.Workers;
using Microsoft.Extensions.AI;

namespace Foxtrot.Client.Chat;

/// <summary>Chats with a model of the cluster; a reply goes on when the worker behind it dies.</summary>
/// <remarks>
/// Thread-safe. With <see cref="ChatOptions.AllowBackgroundResponses"/> the reply is a durable session: every update carries a
/// <see cref="ChatResponseUpdate.ContinuationToken"/>, with which any process reads on behind it, by
/// <see cref="ChatOptions.ContinuationToken"/> and no messages. Sampling parameters without a property of their own go into
/// <see cref="ChatOptions.AdditionalProperties"/> as <c>sampling</c>, a <see cref="SamplingSettings"/>.
/// </remarks>
public sealed class FoxtrotChatClient : IChatClient
{
    /// <summary>Whose sessions they are when nothing is said.</summary>
    public const string DefaultTenant = "default";

    private readonly IGrainFactory _grains;
    private readonly ISessionStreams _streams;
    private readonly string _model;
    private readonly string _tenant;
    private readonly ChatClientMetadata _metadata;

    /// <param name="grains">The cluster.</param>
    /// <param name="streams">Its streams.</param>
    /// <param name="model">The model's name; <see cref="ChatOptions.ModelId"/> wins.</param>
    /// <param name="tenant">Whose sessions they are.</param>
    public FoxtrotChatClient(IGrainFactory grains, ISessionStreams streams, string model, string tenant = DefaultTenant)
    {
        _grains = grains;
        _streams = streams;
        _model = model;
        _tenant = tenant;
        _metadata = new ChatClientMetadata("foxtrot", null, model);
    }

    /// <inheritdoc/>
    /// <exception cref="FoxtrotException">The request was refused, or the generation failed.</exception>
    /// <exception cref="NotSupportedException">The options or messages ask for something that there is not; the message names it.</exception>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="FoxtrotException">The request was refused, or the generation failed.</exception>
    /// <exception cref="NotSupportedException">The options or messages ask for something that there is not; the message names it.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var durable = options?.AllowBackgroundResponses == true || options?.ContinuationToken is not null;
        await using var reader = options?.ContinuationToken is { } token
            ? Resume(ReplyPosition.Read(token), messages)
            : await OpenAsync(ChatRequests.Of(messages, options), options?.ModelId ?? _model, durable, cancellationToken);
        if (await reader.StartAsync(cancellationToken) is { } refusal)
        {
            throw new FoxtrotException(refusal);
        }

        while (await reader.WaitToReadAsync(cancellationToken))
        {
            while (reader.TryRead(out var read))
            {
                if (read.Text.Length > 0)
                {
                    yield return Update(reader, read.Text, durable ? read.Index + 1 : null);
                }
            }
        }

        var end = reader.End!;
        if (end.Error is { } error)
        {
            throw new FoxtrotException(error);
        }

        yield return Last(reader, end);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static ChatResponseUpdate Update(GenerationReader reader, string text, int? next) => new(ChatRole.Assistant, text)
    {
        ResponseId = reader.Key.Session.ToString(),
        MessageId = reader.Key.Session.ToString(),
        ModelId = reader.Key.Model,
        ContinuationToken = next is { } index ? ReplyPosition.Token(reader.Key, index) : null,
    };

    private static ChatResponseUpdate Last(GenerationReader reader, StreamEnd end)
    {
        var update = Update(reader, end.Rest, next: null);
        update.FinishReason = end.Finish == Finish.Length ? ChatFinishReason.Length : ChatFinishReason.Stop;
        update.Contents.Add(new UsageContent(new UsageDetails
        {
            InputTokenCount = end.Usage.PromptTokens,
            CachedInputTokenCount = end.Usage.CachedTokens,
            OutputTokenCount = end.Usage.CompletionTokens,
            TotalTokenCount = end.Usage.PromptTokens + end.Usage.CompletionTokens,
        }));
        return update;
    }

    private GenerationReader Resume(ReplyPosition position, IEnumerable<ChatMessage> messages) => messages.Any()
        ? throw new ArgumentException("a continued response takes no messages", nameof(messages))
        : position.Key.Tenant == _tenant
            ? _streams.Tail(position.Key, position.Next)
            : throw new FoxtrotException(new Refusal(RefusalKind.NotFound, $"there is no session '{position.Key.Session}'", Code: "session_not_found"));

    private async Task<GenerationReader> OpenAsync(SessionRequest request, string model, bool durable, CancellationToken cancellationToken)
    {
        ModelInfo info;
        try
        {
            info = await _grains.GetGrain<IWorkerGrain>(model).Describe().WaitAsync(cancellationToken);
        }
        catch (Exception lost) when (WorkerLoss.Is(lost) && !cancellationToken.IsCancellationRequested)
        {
            throw new FoxtrotException(WorkerLoss.NoWorker(lost), lost);
        }

        var key = new SessionKey(model, _tenant, SessionId.New(model, info.Exact ? info.Fingerprint : null));
        if (!durable)
        {
            return _streams.Run(key, request);
        }

        var created = await _grains.GetGrain<ISessionGrain>(key.ToString()).Create(request).WaitAsync(cancellationToken);
        return created.Refusal is { } refusal ? throw new FoxtrotException(refusal) : _streams.Tail(key, 0);
    }
}
