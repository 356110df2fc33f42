using System.Text.Json;

namespace Foxtrot.Inference.ChatTemplates;

/// <summary>What a chat template may ask for besides the messages.</summary>
/// <remarks>
/// The names are those transformers passes: <c>add_generation_prompt</c>, <c>bos_token</c>, <c>eos_token</c>;
/// <c>tools</c> and <c>documents</c> are none unless <see cref="Variables"/> sets them. Immutable.
/// </remarks>
public sealed record ChatTemplateContext
{
    /// <summary>Whether the text ends with the opening of an assistant's turn. Default: true.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>The model's beginning-of-sequence text; null leaves the variable undefined.</summary>
    public string? BosToken { get; init; }

    /// <summary>The model's end-of-sequence text; null leaves the variable undefined.</summary>
    public string? EosToken { get; init; }

    /// <summary>The clock and the zone of <c>strftime_now</c>. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Further variables by name, such as "tools", "enable_thinking" or "date_string". They win over the ones above;
    /// "messages" is refused.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? Variables { get; init; }

    /// <summary>How much work one rendering may do.</summary>
    public ChatTemplateLimits Limits { get; init; } = ChatTemplateLimits.Default;
}
