using Google.Protobuf;

namespace Foxtrot.Inference.Tokenization;

/// <summary>Reads SentencePiece's tokenizer.model with a BPE model (Llama 2, Mistral, Gemma).</summary>
/// <remarks>
/// Source: Kudo and Richardson 2018, arXiv:1808.06226. A merge ranks by the score of the piece that it makes. Control and
/// user-defined pieces become added tokens and the first token of a text is added, as Transformers does when it converts such a file.
/// </remarks>
internal static class SentencePieceTokenizerFile
{
    private const string Sign = "▁";

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">A tokenizer.model.</param>
    /// <param name="config">What tokenizer_config.json says.</param>
    /// <exception cref="TokenizerException">The file is broken or has something that is not supported.</exception>
    public static ITokenizer Load(string path, TokenizerConfig config)
    {
        try
        {
            return Build(SentencePieceProto.Parse(File.ReadAllBytes(path)), config);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException($"tokenizer.model: cannot be read: {e.Message} ({path})", e);
        }
    }

    private static BpeTextTokenizer Build(SentencePieceProto proto, TokenizerConfig config)
    {
        Refuse(proto);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var added = new List<AddedToken>();
        for (var id = 0; id < proto.Pieces.Count; id++)
        {
            var (text, _, type) = proto.Pieces[id];
            if (!ids.TryAdd(text, id))
            {
                throw new TokenizerException($"tokenizer.model: pieces[{id}] '{text}' is there twice");
            }

            if (type is SentencePieceType.Unknown or SentencePieceType.Control or SentencePieceType.UserDefined)
            {
                added.Add(new AddedToken(id, text, type != SentencePieceType.UserDefined, Normalized: false, SingleWord: false, LeftStrip: false, RightStrip: false));
            }
        }

        foreach (var token in config.AddedTokens.Where(token => !ids.ContainsKey(token.Content)))
        {
            added.Add(token.Id >= proto.Pieces.Count
                ? token
                : throw new TokenizerException($"tokenizer_config.json: added_tokens_decoder gives '{token.Content}' the id {token.Id}, which is '{proto.Pieces[token.Id].Text}' in tokenizer.model"));
        }

        var mergeable = proto.Pieces.Where(piece => piece.Type == SentencePieceType.Normal).OrderByDescending(piece => piece.Score).Select(piece => piece.Text).ToList();
        var vocabulary = BpeVocabulary.FromRankedTokens(ids, mergeable, proto.UnknownId, proto.ByteFallback);
        Normalizer escape = new ReplaceNormalizer(" ", Sign);
        return new BpeTextTokenizer(new TokenizerParts(
            "SentencePiece BPE",
            vocabulary,
            new BpeModel(vocabulary, fuseUnknown: true, ignoreMerges: false),
            added,
            proto.AddDummyPrefix ? new SequenceNormalizer([new PrependNormalizer(Sign), escape]) : escape,
            PreTokenizer: null,
            config.Apply(new PostProcessor(proto.BosId >= 0 ? [proto.BosId] : [], []), name => Find(name, -1), always: true),
            new DecoderRules
            {
                Replacements = [(Sign, " ")],
                ByteFallback = true,
                StrippedAtStart = ' ',
                StripCount = proto.AddDummyPrefix ? 1 : 0,
            },
            Find(config.BosToken, proto.BosId),
            Find(config.EosToken, proto.EosId)));

        int? Find(string? name, int otherwise) =>
            name is not null && ids.TryGetValue(name, out var id) ? id : otherwise >= 0 ? otherwise : null;
    }

    private static void Refuse(SentencePieceProto proto)
    {
        var last = proto.Pieces.Count - 1;
        var complaint = proto switch
        {
            { Pieces.Count: 0 } => "has no pieces",
            { ModelType: not SentencePieceProto.Bpe } => $"model type '{proto.ModelType switch { 1 => "Unigram", 3 => "Word", 4 => "Char", var other => $"{other}" }}' is not supported",
            { HasCharacterMap: true } => "normalizer_spec.precompiled_charsmap is not supported",
            { RemoveExtraWhitespaces: true } => "normalizer_spec.remove_extra_whitespaces is not supported",
            { EscapeWhitespaces: false } => "normalizer_spec.escape_whitespaces false is not supported",
            { WhitespaceAsSuffix: true } => "trainer_spec.treat_whitespace_as_suffix is not supported",
            _ when proto.Pieces.Exists(piece => piece.Type == SentencePieceType.Unused) => "unused pieces are not supported",
            _ when proto.UnknownId < 0 || proto.UnknownId > last => $"trainer_spec.unk_id must be from 0 to {last}, but is {proto.UnknownId}",
            _ when proto.BosId > last => $"trainer_spec.bos_id must be at most {last}, but is {proto.BosId}",
            _ when proto.EosId > last => $"trainer_spec.eos_id must be at most {last}, but is {proto.EosId}",
            _ => null,
        };
        if (complaint is not null)
        {
            throw new TokenizerException($"tokenizer.model: {complaint}");
        }
    }
}
