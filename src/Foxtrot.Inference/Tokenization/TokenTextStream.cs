using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Foxtrot.Inference.Tokenization;

/// <summary>The text of one sequence, token by token; a character appears once all its bytes are there.</summary>
/// <remarks>
/// All that <see cref="Push"/> and <see cref="Flush"/> return, put together, is what <see cref="ITokenizer.Decode"/> gives for all
/// tokens at once. Belongs to one sequence and is not safe for several threads. Allocates nothing but the strings that it returns
/// (its buffer grows with the longest token).
/// </remarks>
[SuppressMessage("Naming", "CA1711", Justification = "A stream of text in the everyday sense; System.IO.Stream has nothing to do with it.")]
public sealed class TokenTextStream
{
    private const char Replacement = '\uFFFD';

    private readonly TokenDecoder _decoder;
    private readonly bool _skipSpecialTokens;
    private char[] _text = new char[64];
    private int _length;
    private byte[] _bytes = new byte[64];
    private int _pending;
    private bool _begun;
    private int _stripLeft;

    internal TokenTextStream(TokenDecoder decoder, bool skipSpecialTokens)
    {
        _decoder = decoder;
        _skipSpecialTokens = skipSpecialTokens;
        _stripLeft = decoder.Rules.StripCount;
    }

    /// <summary>Adds a token.</summary>
    /// <param name="token">Its id; an id without a token adds nothing.</param>
    /// <returns>The text that this token completes; often empty, never half a character.</returns>
    public string Push(int token)
    {
        Append(token);
        return Take();
    }

    /// <summary>Ends the text. The stream may not be used afterwards.</summary>
    /// <returns>U+FFFD for the bytes of a character that never became whole, else empty.</returns>
    public string Flush()
    {
        BreakCharacter();
        return Take();
    }

    /// <summary>The text of many tokens; for <see cref="ITokenizer.Decode"/>.</summary>
    internal string DecodeAll(ReadOnlySpan<int> tokens)
    {
        foreach (var token in tokens)
        {
            Append(token);
        }

        return Flush();
    }

    private void Append(int token)
    {
        if (!_decoder.Exists(token) || (_skipSpecialTokens && _decoder.IsSpecial(token)))
        {
            return;
        }

        var first = !_begun;
        _begun = true;
        if (!first && _decoder.Rules.SpaceBetween)
        {
            Write(' ');
        }

        var bytes = _decoder.Bytes(token, first);
        if (_decoder.IsRaw(token))
        {
            AppendRaw(bytes);
        }
        else
        {
            BreakCharacter();
            Write(bytes);
        }
    }

    /// <summary>Puts the bytes after those that wait, writes whole characters and keeps the beginning of the next.</summary>
    private void AppendRaw(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length < _pending + bytes.Length)
        {
            Array.Resize(ref _bytes, (_pending + bytes.Length) * 2);
        }

        bytes.CopyTo(_bytes.AsSpan(_pending));
        ReadOnlySpan<byte> rest = _bytes.AsSpan(0, _pending + bytes.Length);
        while (rest.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(rest, out var rune, out var consumed);
            if (status == OperationStatus.NeedMoreData)
            {
                break;
            }

            if (status == OperationStatus.Done)
            {
                Write(rune);
            }
            else
            {
                WriteBroken(consumed);
            }

            rest = rest[consumed..];
        }

        _pending = rest.Length;
        rest.CopyTo(_bytes);
    }

    /// <summary>Gives up the character whose bytes wait.</summary>
    private void BreakCharacter()
    {
        if (_pending > 0)
        {
            WriteBroken(_pending);
            _pending = 0;
        }
    }

    private void WriteBroken(int bytes)
    {
        for (var count = _decoder.Rules.ByteLevel ? 1 : bytes; count > 0; count--)
        {
            Write(Replacement);
        }
    }

    private void Write(ReadOnlySpan<byte> utf8)
    {
        while (utf8.Length > 0)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var consumed);
            Write(rune);
            utf8 = utf8[consumed..];
        }
    }

    private void Write(Rune rune)
    {
        if (rune.IsBmp)
        {
            Write((char)rune.Value);
            return;
        }

        Span<char> utf16 = stackalloc char[2];
        rune.EncodeToUtf16(utf16);
        Write(utf16[0]);
        Write(utf16[1]);
    }

    private void Write(char c)
    {
        if (_stripLeft > 0)
        {
            if (c == _decoder.Rules.StrippedAtStart)
            {
                _stripLeft--;
                return;
            }

            _stripLeft = 0;
        }

        if (_length == _text.Length)
        {
            Array.Resize(ref _text, _length * 2);
        }

        _text[_length++] = c;
    }

    private string Take()
    {
        var text = _length == 0 ? "" : new string(_text, 0, _length);
        _length = 0;
        return text;
    }
}
