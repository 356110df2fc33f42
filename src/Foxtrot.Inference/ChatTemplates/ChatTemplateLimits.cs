namespace Foxtrot.Inference.ChatTemplates;

/// <summary>
/// Bounds on one rendering, so that a template from an untrusted model folder cannot exhaust memory, time or stack.
/// Passing one is a <see cref="ChatTemplateException"/> of kind <see cref="ChatTemplateErrorKind.Limit"/>.
/// </summary>
public sealed record ChatTemplateLimits
{
    /// <summary>The defaults: generous for any conversation that fits a context window.</summary>
    public static ChatTemplateLimits Default { get; } = new();

    /// <summary>Longest text, in UTF-16 units, that may be rendered. Default: 16,777,216.</summary>
    public int MaxOutputLength { get; init; } = 16 << 20;

    /// <summary>Loop iterations over all loops together. Default: 1,000,000.</summary>
    public int MaxIterations { get; init; } = 1_000_000;

    /// <summary>Nested evaluations: expressions, blocks and macro calls inside one another. Default: 300.</summary>
    public int MaxDepth { get; init; } = 300;

    /// <summary>
    /// Units of work: one per evaluated node and per UTF-16 unit of every text made, sixteen per element of every list made.
    /// It bounds memory too, because nothing is made without being counted. Default: 67,108,864.
    /// </summary>
    public long MaxWork { get; init; } = 64 << 20;
}
