using System.Text;

namespace Foxtrot.Inference.Tokenization;

/// <summary>The tokenizer that a tokenizer.json with a BPE model describes: added tokens, normalizer, pre-tokenizer, model, post-processor, decoder.</summary>
internal sealed class BpeTextTokenizer : ITokenizer
{
    private readonly TokenizerParts _parts;
    private readonly BpeModel _guardedModel;
    private readonly AddedTokenMatcher? _rawMatcher;
    private readonly AddedTokenMatcher? _normalizedMatcher;
    private readonly TokenDecoder _decoder;
    private readonly Dictionary<string, int> _addedIds;

    /// <summary>Puts the parts together.</summary>
    public BpeTextTokenizer(TokenizerParts parts)
    {
        _parts = parts;
        VocabularySize = Math.Max(MaxOrZero(parts.Vocabulary.Ids.Values), MaxOrZero(parts.AddedTokens.Select(token => token.Id)));
        var names = new string?[VocabularySize];
        foreach (var (token, id) in parts.Vocabulary.Ids)
        {
            names[id] = token;
        }

        var special = new bool[VocabularySize];
        foreach (var token in parts.AddedTokens)
        {
            names[token.Id] = token.Content;
            special[token.Id] |= token.Special;
        }

        _addedIds = parts.AddedTokens.DistinctBy(token => token.Content).ToDictionary(token => token.Content, token => token.Id, StringComparer.Ordinal);
        _decoder = new TokenDecoder(names, special, parts.Decoder);
        _guardedModel = parts.Model.Without(special);
        _rawMatcher = Matcher(parts.AddedTokens.Where(token => !token.Normalized), content => content);
        _normalizedMatcher = Matcher(parts.AddedTokens.Where(token => token.Normalized), Normalize);
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public string Kind => _parts.Kind;

    /// <inheritdoc/>
    public int? BosToken => _parts.BosToken;

    /// <inheritdoc/>
    public int? EosToken => _parts.EosToken;

    /// <inheritdoc/>
    public int[] Encode(string text, bool addSpecialTokens = true) => Encode(text, addSpecialTokens, parseSpecial: true);

    /// <inheritdoc/>
    public int[] Encode(string text, bool addSpecialTokens, bool parseSpecial)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = Utf16.ReplaceLoneSurrogates(text);
        var work = new Work(parseSpecial ? _parts.Model : _guardedModel, parseSpecial, new List<int>(text.Length / 3 + 8));
        if (addSpecialTokens)
        {
            work.Output.AddRange(_parts.PostProcessor.Prefix);
        }

        EncodeRaw(text, work);
        if (addSpecialTokens)
        {
            work.Output.AddRange(_parts.PostProcessor.Suffix);
        }

        return [.. work.Output];
    }

    /// <inheritdoc/>
    public string Decode(ReadOnlySpan<int> tokens, bool skipSpecialTokens = true) => CreateStream(skipSpecialTokens).DecodeAll(tokens);

    /// <inheritdoc/>
    public string TokenText(int id) => _decoder.Display(id);

    /// <inheritdoc/>
    public bool TryGetId(string token, out int id)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (_addedIds.TryGetValue(token, out id) || _parts.Vocabulary.Ids.TryGetValue(token, out id))
        {
            return true;
        }

        id = -1;
        return false;
    }

    /// <inheritdoc/>
    public bool IsSpecial(int id) => _decoder.IsSpecial(id);

    /// <inheritdoc/>
    public TokenTextStream CreateStream(bool skipSpecialTokens = true) => new(_decoder, skipSpecialTokens);

    private static int MaxOrZero(IEnumerable<int> ids) => ids.Select(id => id + 1).DefaultIfEmpty(0).Max();

    private static AddedTokenMatcher? Matcher(IEnumerable<AddedToken> tokens, Func<string, string> spelling)
    {
        // Where two spellings coincide the special token wins, as in the original.
        var ordered = tokens.OrderByDescending(token => token.Special).Select(token => (spelling(token.Content), token)).ToList();
        return ordered.Count == 0 ? null : new AddedTokenMatcher(ordered);
    }

    private string Normalize(string text) => _parts.Normalizer?.Normalize(text) ?? text;

    /// <summary>Raw text: cut at the added tokens that are sought in it, then normalized piece by piece.</summary>
    private void EncodeRaw(string text, Work work)
    {
        if (_rawMatcher is null)
        {
            EncodeNormalized(Normalize(text), atTextStart: true, work);
            return;
        }

        foreach (var segment in _rawMatcher.Split(text, work.ParseSpecial))
        {
            if (segment.Token is { } token)
            {
                work.Output.Add(token.Id);
            }
            else
            {
                var whole = segment.End - segment.Start == text.Length;
                EncodeNormalized(Normalize(whole ? text : text[segment.Start..segment.End]), segment.Start == 0, work);
            }
        }
    }

    private void EncodeNormalized(string text, bool atTextStart, Work work)
    {
        if (_normalizedMatcher is null)
        {
            EncodeWords(text, atTextStart, work);
            return;
        }

        foreach (var segment in _normalizedMatcher.Split(text, work.ParseSpecial))
        {
            if (segment.Token is { } token)
            {
                work.Output.Add(token.Id);
            }
            else
            {
                EncodeWords(text.AsSpan(segment.Start, segment.End - segment.Start), atTextStart && segment.Start == 0, work);
            }
        }
    }

    private void EncodeWords(ReadOnlySpan<char> text, bool atTextStart, Work work)
    {
        if (_parts.PreTokenizer is null)
        {
            if (text.Length > 0)
            {
                work.Model.Encode(text, work.Output, work.Scratch);
            }

            return;
        }

        work.Pieces.Reset(text, atTextStart);
        _parts.PreTokenizer.Apply(work.Pieces);
        foreach (var piece in work.Pieces.Pieces)
        {
            work.Model.Encode(work.Pieces.Text(piece), work.Output, work.Scratch);
        }
    }

    /// <summary>What one call of Encode works with.</summary>
    private sealed record Work(BpeModel Model, bool ParseSpecial, List<int> Output)
    {
        public PieceBuffer Pieces { get; } = new();

        public BpeScratch Scratch { get; } = new();
    }
}

/// <summary>The parts of a tokenizer.json with a BPE model.</summary>
internal sealed record TokenizerParts(
    string Kind,
    BpeVocabulary Vocabulary,
    BpeModel Model,
    IReadOnlyList<AddedToken> AddedTokens,
    Normalizer? Normalizer,
    PreTokenizer? PreTokenizer,
    PostProcessor PostProcessor,
    DecoderRules Decoder,
    int? BosToken,
    int? EosToken);

/// <summary>Repairs UTF-16 that is not text.</summary>
internal static class Utf16
{
    /// <summary>Writes U+FFFD for each surrogate without its other half; the very same string when there is none.</summary>
    public static string ReplaceLoneSurrogates(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune.ToString());
        }

        return result.ToString();
    }
}
