using System.Buffers;
using System.Globalization;
using System.Text;

namespace Foxtrot.Inference.Tokenization;

/// <summary>How tokens become text, in the one shape that all supported decoders of tokenizer.json share.</summary>
/// <remarks>Each token gives text or raw bytes; bytes are put together to characters; the beginning of the whole text may lose a prefix.</remarks>
internal sealed record DecoderRules
{
    /// <summary>Replacements within a token's name, in order (▁ becomes a space).</summary>
    public IReadOnlyList<(string Value, string Content)> Replacements { get; init; } = [];

    /// <summary>In the first token of a text this sign vanishes (Metaspace); NUL for none.</summary>
    public char DroppedInFirst { get; init; }

    /// <summary>Tokens spell bytes in <see cref="ByteAlphabet"/>.</summary>
    public bool ByteLevel { get; init; }

    /// <summary>Tokens <c>&lt;0xNN&gt;</c> are bytes.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>The character that the text as a whole loses at its start…</summary>
    public char StrippedAtStart { get; init; }

    /// <summary>…at most this many times.</summary>
    public int StripCount { get; init; }

    /// <summary>A space goes between tokens (a tokenizer.json without any decoder).</summary>
    public bool SpaceBetween { get; init; }
}

/// <summary>The bytes that each token adds to a text. Immutable.</summary>
/// <remarks>
/// Bytes that are not UTF-8 become U+FFFD: in byte-level vocabularies one for each maximal broken part (as the WHATWG encoding
/// standard and Rust's <c>from_utf8_lossy</c> do), with byte fallback one for each byte. Hugging Face's ByteFallback also gives up
/// the valid characters beside a broken byte; keeping them is what makes streamed and whole text equal, and is the one difference.
/// </remarks>
internal sealed class TokenDecoder
{
    private readonly DecoderRules _rules;
    private readonly string?[] _names;
    private readonly bool[] _special;
    private readonly bool[] _isRaw;
    private readonly int[] _offsets;
    private readonly byte[] _bytes;

    /// <summary>Decodes every token once.</summary>
    /// <param name="names">The name of each id, or null for ids without a token.</param>
    /// <param name="special">Which tokens are left out on request.</param>
    /// <param name="rules">How names become text.</param>
    public TokenDecoder(string?[] names, bool[] special, DecoderRules rules)
    {
        _rules = rules;
        _names = names;
        _special = special;
        _isRaw = new bool[names.Length];
        _offsets = new int[names.Length + 1];
        var bytes = new ArrayBufferWriter<byte>(Math.Max(names.Length * 8, 16));
        for (var id = 0; id < names.Length; id++)
        {
            if (names[id] is { } name)
            {
                Write(name, first: false, bytes, out _isRaw[id]);
            }

            _offsets[id + 1] = bytes.WrittenCount;
        }

        _bytes = bytes.WrittenSpan.ToArray();
    }

    /// <summary>How names become text.</summary>
    public DecoderRules Rules => _rules;

    /// <summary>Whether the id has a token.</summary>
    public bool Exists(int id) => (uint)id < (uint)_names.Length && _names[id] is not null;

    /// <summary>Whether the token is special.</summary>
    public bool IsSpecial(int id) => (uint)id < (uint)_special.Length && _special[id];

    /// <summary>Whether the token's bytes may be part of a character rather than whole text.</summary>
    public bool IsRaw(int id) => _isRaw[id];

    /// <summary>What the token adds to a text, as UTF-8 or raw bytes.</summary>
    /// <param name="id">An existing token.</param>
    /// <param name="first">Whether it is the first of the text.</param>
    public ReadOnlySpan<byte> Bytes(int id, bool first)
    {
        if (!first || _rules.DroppedInFirst == 0)
        {
            return _bytes.AsSpan(_offsets[id], _offsets[id + 1] - _offsets[id]);
        }

        var bytes = new ArrayBufferWriter<byte>();
        Write(_names[id]!, first, bytes, out _);
        return bytes.WrittenSpan;
    }

    /// <summary>One token's text for display; bytes that are not UTF-8 as <c>\xNN</c>.</summary>
    public string Display(int id)
    {
        if (!Exists(id))
        {
            return "";
        }

        if (_special[id])
        {
            return _names[id]!;
        }

        var text = new StringBuilder();
        for (var rest = Bytes(id, first: false); rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var consumed) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var b in rest[..consumed])
                {
                    text.Append(CultureInfo.InvariantCulture, $@"\x{b:X2}");
                }
            }

            rest = rest[consumed..];
        }

        return text.ToString();
    }

    private void Write(string name, bool first, ArrayBufferWriter<byte> output, out bool raw)
    {
        if (first && _rules.DroppedInFirst != 0)
        {
            name = name.Replace(_rules.DroppedInFirst.ToString(), "", StringComparison.Ordinal);
        }

        foreach (var (value, content) in _rules.Replacements)
        {
            name = name.Replace(value, content, StringComparison.Ordinal);
        }

        raw = _rules.ByteLevel;
        if (_rules.ByteLevel && TryWriteAlphabet(name, output))
        {
            return;
        }

        if (_rules.ByteFallback && BpeVocabulary.ByteToken(name) is var fallback and >= 0)
        {
            raw = true;
            output.Write([(byte)fallback]);
            return;
        }

        Encoding.UTF8.GetBytes(name, output);
    }

    private static bool TryWriteAlphabet(string name, ArrayBufferWriter<byte> output)
    {
        var span = output.GetSpan(Math.Max(name.Length, 1));
        for (var i = 0; i < name.Length; i++)
        {
            var b = ByteAlphabet.ToByte(name[i]);
            if (b < 0)
            {
                return false;
            }

            span[i] = (byte)b;
        }

        output.Advance(name.Length);
        return true;
    }
}
