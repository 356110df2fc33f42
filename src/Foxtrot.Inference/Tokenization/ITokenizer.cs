namespace Foxtrot.Inference.Tokenization;

/// <summary>Turns text into token ids and back, exactly as the model was trained with.</summary>
/// <remarks>Implementations are immutable and safe for any number of threads at once; a <see cref="TokenTextStream"/> belongs to one sequence.</remarks>
public interface ITokenizer
{
    /// <summary>The largest token id plus one, added tokens included. Ids below it may be unused.</summary>
    int VocabularySize { get; }

    /// <summary>What it is, for people: "byte-level BPE", "BPE with byte fallback", "BPE", "SentencePiece BPE".</summary>
    string Kind { get; }

    /// <summary>The token that begins a text, when the folder names one.</summary>
    int? BosToken { get; }

    /// <summary>The token that ends a text, when the folder names one. <c>generation_config.json</c> may list further ones.</summary>
    int? EosToken { get; }

    /// <summary>Encodes text; the names of special tokens in it become those tokens.</summary>
    /// <param name="text">Any text. A lone surrogate is read as U+FFFD, as in every UTF-8 encoder.</param>
    /// <param name="addSpecialTokens">Adds what the tokenizer's post-processor adds, usually the first token of a text.</param>
    /// <returns>Token ids; empty for an empty text when nothing is added.</returns>
    int[] Encode(string text, bool addSpecialTokens = true);

    /// <summary>Encodes text, with a choice for text that comes from untrusted people.</summary>
    /// <param name="text">Any text. A lone surrogate is read as U+FFFD.</param>
    /// <param name="addSpecialTokens">Adds what the tokenizer's post-processor adds.</param>
    /// <param name="parseSpecial">False: nothing in <paramref name="text"/> becomes a special token, whatever it spells (except the unknown token, for characters that the vocabulary lacks).</param>
    /// <returns>Token ids.</returns>
    int[] Encode(string text, bool addSpecialTokens, bool parseSpecial);

    /// <summary>The text of a whole run of tokens.</summary>
    /// <param name="tokens">Token ids; ids without a token give no text.</param>
    /// <param name="skipSpecialTokens">Leaves special tokens out.</param>
    /// <returns>Text; bytes that are not UTF-8 become U+FFFD.</returns>
    string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true);

    /// <summary>One token's own text for display: leading space kept, bytes that are not UTF-8 as <c>\xNN</c>.</summary>
    /// <param name="id">A token id; empty text for an id without a token.</param>
    string TokenText(int id);

    /// <summary>Looks a token up by its exact name in the vocabulary or among the added tokens.</summary>
    /// <param name="token">The name as the tokenizer's file spells it, such as <c>&lt;s&gt;</c> or <c>Ġthe</c>.</param>
    /// <param name="id">Its id, or −1.</param>
    /// <returns>Whether there is such a token.</returns>
    bool TryGetId(string token, out int id);

    /// <summary>Whether the token controls rather than says something (begin, end, role markers).</summary>
    /// <param name="id">A token id; false for an id without a token.</param>
    bool IsSpecial(int id);

    /// <summary>Starts the text of one sequence, token by token.</summary>
    /// <param name="skipSpecialTokens">Leaves special tokens out.</param>
    TokenTextStream CreateStream(bool skipSpecialTokens = true);
}
