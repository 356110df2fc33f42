namespace Foxtrot.Inference.Tokenization;

/// <summary>Opens the tokenizer of a model's folder.</summary>
public static class TokenizerLoader
{
    /// <summary>Loads <c>tokenizer.json</c>, or <c>tokenizer.model</c> when there is none, with <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> beside it.</summary>
    /// <remarks>
    /// tokenizer.json: BPE models, byte-level or with byte fallback; tokenizer.model: SentencePiece's BPE. Token ids are those of Hugging
    /// Face tokenizers 0.22, save for characters that Unicode assigned after the version either side knows. Text comes out as the decoder
    /// gives it: <c>clean_up_tokenization_spaces</c> is not applied, truncation and padding neither.
    /// </remarks>
    /// <param name="folder">A folder laid out as on Hugging Face.</param>
    /// <exception cref="TokenizerException">No tokenizer is there, a file is broken, or it asks for something that cannot be done exactly; the message names file and part.</exception>
    public static ITokenizer Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var config = TokenizerConfig.Load(folder);
        var json = Path.Combine(folder, "tokenizer.json");
        if (File.Exists(json))
        {
            return TokenizerJson.Load(json, config);
        }

        var model = Path.Combine(folder, "tokenizer.model");
        if (File.Exists(model))
        {
            return SentencePieceTokenizerFile.Load(model, config);
        }

        throw new TokenizerException($"tokenizer.json: not found in '{folder}', nor is tokenizer.model");
    }
}
