namespace Foxtrot.Inference.Tokenization;

/// <summary>What is put around one text when special tokens are asked for (TemplateProcessing's <c>single</c>).</summary>
/// <param name="Prefix">Token ids before the text.</param>
/// <param name="Suffix">Token ids after it.</param>
internal sealed record PostProcessor(int[] Prefix, int[] Suffix)
{
    /// <summary>Adds nothing.</summary>
    public static PostProcessor None { get; } = new([], []);
}
