using System.Globalization;

namespace Foxtrot.Inference.Tokenization;

/// <summary>The tokens and merges of a BPE model. Immutable.</summary>
internal sealed class BpeVocabulary
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idsBySpan;
    private readonly Dictionary<ulong, int> _rankOfPair;
    private readonly int[] _mergedIdOfRank;
    private readonly HashSet<int> _merged;
    private readonly int[] _idOfByte = new int[256];

    /// <summary>A vocabulary.</summary>
    /// <param name="ids">Id of each token.</param>
    /// <param name="merges">Pairs of tokens by rank; both and their concatenation must be tokens.</param>
    /// <param name="unknownToken">Token for characters that are not in the vocabulary; null: they vanish.</param>
    /// <param name="byteFallback">Such characters become the tokens <c>&lt;0xNN&gt;</c> of their UTF-8 bytes where all of these exist.</param>
    /// <exception cref="FormatException">A merge or the unknown token is not in the vocabulary.</exception>
    public BpeVocabulary(Dictionary<string, int> ids, IReadOnlyList<(string Left, string Right)> merges, string? unknownToken, bool byteFallback)
    {
        Ids = ids;
        ByteFallback = byteFallback;
        _idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        UnknownId = unknownToken is null ? -1 : Find(unknownToken, "unk_token");
        Array.Fill(_idOfByte, -1);
        foreach (var (token, id) in ids)
        {
            if (ByteToken(token) is var b and >= 0 && token[3..5] == b.ToString("X2", CultureInfo.InvariantCulture))
            {
                _idOfByte[b] = id;
            }
        }

        _rankOfPair = new Dictionary<ulong, int>(merges.Count);
        _mergedIdOfRank = new int[merges.Count];
        _merged = new HashSet<int>(merges.Count);
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            var merged = Find(left + right, $"merges[{rank}]");
            _rankOfPair[Pair(Find(left, $"merges[{rank}]"), Find(right, $"merges[{rank}]"))] = rank;
            _mergedIdOfRank[rank] = merged;
            _merged.Add(merged);
        }
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
    public bool IsMerged(int id) => _merged.Contains(id);

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Find(string token, string where) =>
        Ids.TryGetValue(token, out var id) ? id : throw new FormatException($"{where}: '{token}' is not in the vocabulary");
}
