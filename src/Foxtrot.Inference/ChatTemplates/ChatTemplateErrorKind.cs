namespace Foxtrot.Inference.ChatTemplates;

/// <summary>Why a chat template could not be parsed or rendered.</summary>
public enum ChatTemplateErrorKind
{
    /// <summary>The template is not well-formed.</summary>
    Syntax,

    /// <summary>The template uses a part of Jinja that is not implemented; <see cref="ChatTemplateException.Construct"/> names it.</summary>
    Unsupported,

    /// <summary>An operation failed while rendering, such as an attribute of an undefined value.</summary>
    Evaluation,

    /// <summary>The template refused its input by calling <c>raise_exception</c>: the conversation is at fault, not the template.</summary>
    Raised,

    /// <summary>A bound of <see cref="ChatTemplateLimits"/> was passed.</summary>
    Limit,
}
