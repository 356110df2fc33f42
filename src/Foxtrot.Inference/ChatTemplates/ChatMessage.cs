using System.Text.Json;

namespace Foxtrot.Inference.ChatTemplates;

/// <summary>One message of a conversation, as a chat template sees it: a mapping with "role" and "content" first.</summary>
/// <param name="Role">Who speaks; templates know "system", "user", "assistant" and often "tool". They refuse others themselves.</param>
/// <param name="Content">What is said.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>
    /// Further fields of the message by name, such as "tool_calls", "name" or "reasoning_content"; null for none.
    /// A "role" or "content" here replaces the text above, for content that is null or a list of parts.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? Fields { get; init; }
}
