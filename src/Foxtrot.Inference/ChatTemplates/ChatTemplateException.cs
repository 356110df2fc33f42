using Foxtrot.Inference.ChatTemplates.Syntax;

namespace Foxtrot.Inference.ChatTemplates;

/// <summary>A chat template that cannot be parsed, or cannot render these messages. The message names the place.</summary>
public sealed class ChatTemplateException : Exception
{
    internal ChatTemplateException(ChatTemplateErrorKind kind, string reason, SourcePosition position, string? construct = null)
        : base($"chat template, line {position.Line}, column {position.Column}: {reason}")
    {
        Kind = kind;
        Reason = reason;
        Line = position.Line;
        Column = position.Column;
        Construct = construct;
    }

    /// <summary>What sort of failure this is.</summary>
    public ChatTemplateErrorKind Kind { get; }

    /// <summary>The message without the place; for <see cref="ChatTemplateErrorKind.Raised"/>, exactly the template's words.</summary>
    public string Reason { get; }

    /// <summary>The template's line, from 1.</summary>
    public int Line { get; }

    /// <summary>The UTF-16 column in that line, from 1.</summary>
    public int Column { get; }

    /// <summary>The name of the construct that is not supported, for <see cref="ChatTemplateErrorKind.Unsupported"/>; otherwise null.</summary>
    public string? Construct { get; }

    internal static ChatTemplateException Syntax(string reason, SourcePosition position) =>
        new(ChatTemplateErrorKind.Syntax, reason, position);

    internal static ChatTemplateException Unsupported(string what, string construct, SourcePosition position) =>
        new(ChatTemplateErrorKind.Unsupported, $"{what} '{construct}' is not supported.", position, construct);
}
