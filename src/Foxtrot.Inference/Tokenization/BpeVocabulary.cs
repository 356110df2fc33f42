using System.Globalization;

namespace Foxtrot.Inference.Tokenization;

/// <summary>The tokens and merges of a BPE model. Immutable.</summary>
internal sealed class BpeVocabulary
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idsBySpan;
    private readonly Dictionary<ulong, int> _rankOfPair;
    private readonly int[] _mergedIdOfRank;
    private readonly int[] _idOfByte = new int[256];

    private BpeVocabulary(Dictionary<string, int> ids, int[] mergedIdOfRank, int unknownId, bool byteFallback)
    {
        Ids = ids;
        UnknownId = unknownId;
        ByteFallback = byteFallback;
        _idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _mergedIdOfRank = mergedIdOfRank;
        _rankOfPair = new Dictionary<ulong, int>(mergedIdOfRank.Length);
        Array.Fill(_idOfByte, -1);
        foreach (var (token, id) in ids)
        {
            if (ByteToken(token) is var b and >= 0 && token[3..5] == b.ToString("X2", CultureInfo.InvariantCulture))
            {
                _idOfByte[b] = id;
            }
        }
    }

    /// <summary>A vocabulary with a list of merges, as tokenizer.json has it.</summary>
    /// <param name="ids">Id of each token.</param>
    /// <param name="merges">Pairs of tokens by rank; both and their concatenation must be tokens.</param>
    /// <param name="unknownToken">Token for characters that are not in the vocabulary; null: they vanish.</param>
    /// <param name="byteFallback">Such characters become the tokens <c>&lt;0xNN&gt;</c> of their UTF-8 bytes where all of these exist.</param>
    /// <exception cref="FormatException">A merge or the unknown token is not in the vocabulary.</exception>
    public static BpeVocabulary FromMerges(Dictionary<string, int> ids, IReadOnlyList<(string Left, string Right)> merges, string? unknownToken, bool byteFallback)
    {
        var unknownId = unknownToken is null ? -1 : Find(unknownToken, "unk_token");
        var vocabulary = new BpeVocabulary(ids, new int[merges.Count], unknownId, byteFallback);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            vocabulary._mergedIdOfRank[rank] = Find(left + right, $"merges[{rank}]");
            vocabulary._rankOfPair[Pair(Find(left, $"merges[{rank}]"), Find(right, $"merges[{rank}]"))] = rank;
        }

        return vocabulary;

        int Find(string token, string where) =>
            ids.TryGetValue(token, out var id) ? id : throw new FormatException($"{where}: '{token}' is not in the vocabulary");
    }

    /// <summary>A vocabulary whose merges are all ways to put two tokens together to a third, ranked by the third, as SentencePiece has it.</summary>
    /// <param name="ids">Id of each token.</param>
    /// <param name="mergeable">Tokens that merges may make, best first.</param>
    /// <param name="unknownId">Id of the unknown token, or −1.</param>
    /// <param name="byteFallback">Unknown characters become byte tokens.</param>
    public static BpeVocabulary FromRankedTokens(Dictionary<string, int> ids, IReadOnlyList<string> mergeable, int unknownId, bool byteFallback)
    {
        var vocabulary = new BpeVocabulary(ids, new int[mergeable.Count], unknownId, byteFallback);
        for (var rank = 0; rank < mergeable.Count; rank++)
        {
            var token = mergeable[rank];
            vocabulary._mergedIdOfRank[rank] = ids[token];
            for (var cut = 1; cut < token.Length; cut++)
            {
                if (vocabulary.TryGetId(token.AsSpan(0, cut), out var left) && vocabulary.TryGetId(token.AsSpan(cut), out var right))
                {
                    vocabulary._rankOfPair[Pair(left, right)] = rank;
                }
            }
        }

        return vocabulary;
    }

    /// <summary>Id of each token.</summary>
    public Dictionary<string, int> Ids { get; }

    /// <summary>Id of the unknown token, or −1.</summary>
    public int UnknownId { get; }

    /// <summary>Whether unknown characters become byte tokens.</summary>
    public bool ByteFallback { get; }

    /// <summary>The byte that a token of the form <c>&lt;0xNN&gt;</c> stands for, or −1.</summary>
    public static int ByteToken(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : -1;

    /// <summary>Looks a token up.</summary>
    public bool TryGetId(ReadOnlySpan<char> token, out int id) => _idsBySpan.TryGetValue(token, out id);

    /// <summary>Id of the token of a byte, or −1.</summary>
    public int IdOfByte(byte value) => _idOfByte[value];

    /// <summary>The rank of a pair's merge; lower ranks come first.</summary>
    public bool TryGetMerge(int left, int right, out int rank) => _rankOfPair.TryGetValue(Pair(left, right), out rank);

    /// <summary>The token that a merge makes.</summary>
    public int MergedId(int rank) => _mergedIdOfRank[rank];

    /// <summary>Whether some merge makes this token.</summary>
    public bool IsMerged(int id) => _mergedIdOfRank.Contains(id);

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;
}
