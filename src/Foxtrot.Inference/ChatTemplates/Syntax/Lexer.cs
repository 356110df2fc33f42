using System.Text.RegularExpressions;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <summary>Cuts a template into text, tags and the tokens inside tags, with Jinja's whitespace control.</summary>
/// <remarks>
/// Source: jinja2/lexer.py (3.1) with trim_blocks and lstrip_blocks on, as transformers compiles chat templates:
/// the first newline after a block or a comment goes, and so does blank space before one on its own line; <c>-</c>
/// strips all whitespace on its side, <c>+</c> keeps it. A single newline at the template's end is dropped.
/// </remarks>
internal sealed partial class Lexer
{
    private readonly SourceText _source;
    private readonly List<Token> _tokens = [];
    private int _at;
    private bool _lineStarting = true;

    private Lexer(string source) => _source = new SourceText(source);

    /// <summary>The template's tokens, the last one of kind <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="ChatTemplateException">A tag, a comment, a raw block or a string is not closed, or a character means nothing.</exception>
    public static List<Token> Tokenize(string source)
    {
        var lexer = new Lexer(source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        string text = _source.Text;
        for (int tag = NextTag(_at); tag >= 0; tag = NextTag(_at))
        {
            int begin = _at;
            SourcePosition position = _source.PositionAt(tag);
            char kind = text[tag + 1];
            Match raw = kind == '%' ? RawBegin().Match(text, tag) : Match.Empty;
            int afterSign = tag + 2;
            char sign = afterSign < text.Length && text[afterSign] is '-' or '+' ? text[afterSign++] : ' ';
            AddData(begin, tag, sign, stripLine: kind != '{');
            _lineStarting = false;
            _at = afterSign;
            if (raw.Success)
            {
                ReadRaw(raw, position);
            }
            else if (kind == '#')
            {
                SkipComment(position);
            }
            else
            {
                ReadTag(kind == '{', position);
            }
        }

        AddData(_at, text.Length, '+', stripLine: false);
        _tokens.Add(new Token(TokenKind.End, "", _source.PositionAt(text.Length)));
    }

    private int NextTag(int from)
    {
        string text = _source.Text;
        for (int i = text.IndexOf('{', from); i >= 0 && i + 1 < text.Length; i = text.IndexOf('{', i + 1))
        {
            if (text[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return -1;
    }

    private void AddData(int begin, int end, char sign, bool stripLine)
    {
        string text = _source.Text;
        int stop = end;
        if (sign == '-')
        {
            while (stop > begin && PythonText.IsSpace(text[stop - 1]))
            {
                stop--;
            }
        }
        else if (sign != '+' && stripLine)
        {
            int line = end;
            while (line > begin && text[line - 1] != '\n' && PythonText.IsSpace(text[line - 1]))
            {
                line--;
            }

            bool startsLine = line > begin ? text[line - 1] == '\n' : _lineStarting;
            stop = startsLine ? line : end;
        }

        if (stop > begin)
        {
            _tokens.Add(new Token(TokenKind.Data, text[begin..stop], _source.PositionAt(begin)));
        }
    }

    private void SkipComment(SourcePosition position)
    {
        int end = _source.Text.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw ChatTemplateException.Syntax("the comment opened here is not closed with '#}'.", position);
        }

        char sign = end > _at ? _source.Text[end - 1] : ' ';
        _at = end + 2;
        Trim(sign, trimNewline: true);
    }

    private void ReadRaw(Match raw, SourcePosition position)
    {
        _at = raw.Index + raw.Length;
        _lineStarting = _source.Text[_at - 1] == '\n';
        Match end = RawEnd().Match(_source.Text, _at);
        if (!end.Success)
        {
            throw ChatTemplateException.Syntax("the raw block opened here is not closed with '{% endraw %}'.", position);
        }

        AddData(_at, end.Index, end.Groups[1].Value is [char sign] ? sign : ' ', stripLine: true);
        _at = end.Index + end.Length;
        _lineStarting = _source.Text[_at - 1] == '\n';
    }

    /// <summary>Applies whitespace control after a tag whose closing sign was read, and says whether a line starts here.</summary>
    private void Trim(char sign, bool trimNewline)
    {
        int from = _at;
        string text = _source.Text;
        if (sign == '-')
        {
            while (_at < text.Length && PythonText.IsSpace(text[_at]))
            {
                _at++;
            }
        }
        else if (sign != '+' && trimNewline && _at < text.Length && text[_at] == '\n')
        {
            _at++;
        }

        _lineStarting = _at > from && text[_at - 1] == '\n';
    }

    [GeneratedRegex(@"\G\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})", RegexOptions.CultureInvariant)]
    private static partial Regex RawBegin();

    [GeneratedRegex(@"\{%([-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\}\n?)", RegexOptions.CultureInvariant)]
    private static partial Regex RawEnd();
}
