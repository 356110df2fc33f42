using System.Security.Cryptography;
using Foxtrot.Contracts.Sessions;
using Microsoft.Extensions.AI;

namespace Foxtrot.Client.Chat;

/// <summary>Turns chat messages and options into a session request; what there is not is refused by name.</summary>
internal static class ChatRequests
{
    private const string SamplingKey = "sampling";

    /// <summary>The request.</summary>
    /// <exception cref="NotSupportedException">Something is asked for that there is not.</exception>
    public static SessionRequest Of(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        options ??= new ChatOptions();
        Refuse(options);
        List<ChatTurn> turns = options.Instructions is { } instructions ? [new ChatTurn(ChatRole.System.Value, instructions)] : [];
        turns.AddRange(messages.Select(Turn));
        var extra = options.AdditionalProperties?.GetValueOrDefault(SamplingKey) as SamplingSettings ?? SamplingSettings.Default;
        return new SessionRequest
        {
            Prompt = new Prompt { Messages = [.. turns] },
            Seed = options.Seed is { } seed ? unchecked((ulong)seed) : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            MaxTokens = options.MaxOutputTokens,
            Stop = [.. options.StopSequences ?? []],
            Sampling = new SamplingSettings
            {
                Temperature = options.Temperature,
                TopP = options.TopP,
                TopK = options.TopK,
                FrequencyPenalty = options.FrequencyPenalty,
                PresencePenalty = options.PresencePenalty,
            }.Over(extra),
        };
    }

    private static void Refuse(ChatOptions options)
    {
        var unknown = options.AdditionalProperties?.Keys.FirstOrDefault(k => k != SamplingKey);
        var asked = options switch
        {
            { Tools.Count: > 0 } => "Tools",
            { ResponseFormat: ChatResponseFormatJson } => "ResponseFormat of JSON",
            { Reasoning: not null } => "Reasoning",
            { ConversationId: not null } => "ConversationId",
            _ => unknown is null ? null : $"AdditionalProperties['{unknown}']",
        };
        if (asked is not null)
        {
            throw new NotSupportedException($"ChatOptions: {asked} is not supported");
        }
    }

    private static ChatTurn Turn(ChatMessage message)
    {
        var other = message.Contents.FirstOrDefault(c => c is not TextContent);
        return other is null
            ? new ChatTurn(message.Role.Value, message.Text, message.AuthorName)
            : throw new NotSupportedException($"messages may hold text only, but one of role '{message.Role}' holds {other.GetType().Name}");
    }
}
