using System.Text;

namespace Foxtrot.Inference.Tokenization;

/// <summary>One step that cuts normalized text into words, as <c>pre_tokenizer</c> of tokenizer.json lists them. Immutable.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Cuts or rewrites the pieces in place.</summary>
    public abstract void Apply(PieceBuffer pieces);
}

/// <summary>Several steps in turn.</summary>
internal sealed class SequencePreTokenizer(PreTokenizer[] steps) : PreTokenizer
{
    public override void Apply(PieceBuffer pieces)
    {
        foreach (var step in steps)
        {
            step.Apply(pieces);
        }
    }
}

/// <summary>Split, Digits, Punctuation, Whitespace, WhitespaceSplit and CharDelimiterSplit: all cut at a delimiter.</summary>
internal sealed class SplitPreTokenizer(IDelimiter delimiter, DelimiterBehavior behavior, bool invert = false) : PreTokenizer
{
    public override void Apply(PieceBuffer pieces) => pieces.Split(delimiter, behavior, invert);
}

/// <summary>Cuts words as GPT-2 did, then writes each byte of their UTF-8 form as one character of <see cref="ByteAlphabet"/>.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    private const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private static readonly RegexDelimiter Gpt2Words = new(new CodePointRegex(Gpt2Pattern));
    private static readonly PieceRewrite PrependSpace = static (buffer, text, _) =>
    {
        if (text[0] != ' ')
        {
            buffer.Append(' ');
        }

        buffer.Append(text);
    };

    private static readonly PieceRewrite ToAlphabet = static (buffer, text, _) =>
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length;)
        {
            if (text[i] < 0x80)
            {
                buffer.Append(ByteAlphabet.ToChar((byte)text[i++]));
                continue;
            }

            Rune.DecodeFromUtf16(text[i..], out var rune, out var consumed);
            i += consumed;
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                buffer.Append(ByteAlphabet.ToChar(b));
            }
        }
    };

    public override void Apply(PieceBuffer pieces)
    {
        if (addPrefixSpace)
        {
            pieces.Rewrite(PrependSpace);
        }

        if (useRegex)
        {
            pieces.Split(Gpt2Words, DelimiterBehavior.Isolated);
        }

        pieces.Rewrite(ToAlphabet);
    }
}

/// <summary>When <see cref="MetaspacePreTokenizer"/> puts its sign before a piece that does not begin with it.</summary>
internal enum PrependScheme
{
    /// <summary>Only where the whole input begins.</summary>
    First,

    /// <summary>Before every piece, also after an added token.</summary>
    Always,

    /// <summary>Nowhere.</summary>
    Never,
}

/// <summary>SentencePiece's way: spaces become a visible sign (▁), which begins each word.</summary>
internal sealed class MetaspacePreTokenizer : PreTokenizer
{
    private readonly bool _split;
    private readonly PieceRewrite _rewrite;
    private readonly StringDelimiter _delimiter;

    public MetaspacePreTokenizer(char replacement, PrependScheme scheme, bool split)
    {
        _split = split;
        _delimiter = new StringDelimiter(replacement.ToString());
        _rewrite = (buffer, text, atTextStart) =>
        {
            var wanted = scheme == PrependScheme.Always || (scheme == PrependScheme.First && atTextStart);
            if (wanted && text[0] != replacement && text[0] != ' ')
            {
                buffer.Append(replacement);
            }

            foreach (var c in text)
            {
                buffer.Append(c == ' ' ? replacement : c);
            }
        };
    }

    public override void Apply(PieceBuffer pieces)
    {
        pieces.Rewrite(_rewrite);
        if (_split)
        {
            pieces.Split(_delimiter, DelimiterBehavior.MergedWithNext);
        }
    }
}
