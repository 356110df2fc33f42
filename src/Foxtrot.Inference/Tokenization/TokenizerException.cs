namespace Foxtrot.Inference.Tokenization;

/// <summary>A tokenizer's file is missing, broken, or asks for something that Foxtrot cannot do exactly.</summary>
/// <remarks>The message begins with the file's name and names the part: "tokenizer.json: model type 'Unigram' is not supported".</remarks>
public sealed class TokenizerException : Exception
{
    /// <summary>Creates an exception with a message for people.</summary>
    /// <param name="message">File, part and reason.</param>
    public TokenizerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with its cause.</summary>
    /// <param name="message">File, part and reason.</param>
    /// <param name="innerException">What went wrong below.</param>
    public TokenizerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
