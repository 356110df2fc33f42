namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <content>The tokens inside <c>{{ }}</c> and <c>{% %}</c>.</content>
internal sealed partial class Lexer
{
    private static readonly string[] Operators =
    [
        "//", "**", "==", "!=", ">=", "<=",
        "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    private void ReadTag(bool output, SourcePosition position)
    {
        string text = _source.Text;
        string close = output ? "}}" : "%}";
        var brackets = new Stack<char>();
        _tokens.Add(new Token(output ? TokenKind.OutputBegin : TokenKind.BlockBegin, text.Substring(_at - 1, 1), position));
        while (_at < text.Length)
        {
            // A closing tag counts only where brackets are balanced, so that '}}' may end a nested dict.
            if (brackets.Count == 0 && ReadTagEnd(output, close))
            {
                return;
            }

            ReadToken(brackets);
        }

        throw ChatTemplateException.Syntax($"the tag opened here is not closed with '{close}'.", position);
    }

    private bool ReadTagEnd(bool output, string close)
    {
        ReadOnlySpan<char> rest = _source.Text.AsSpan(_at);
        bool signed = rest.Length > 2 && (rest[0] == '-' || (rest[0] == '+' && !output));
        char sign = signed && rest[1..].StartsWith(close) ? rest[0] : ' ';
        if (sign == ' ' && !rest.StartsWith(close))
        {
            return false;
        }

        _tokens.Add(new Token(output ? TokenKind.OutputEnd : TokenKind.BlockEnd, close, _source.PositionAt(_at)));
        _at += sign == ' ' ? 2 : 3;
        Trim(sign, trimNewline: !output);
        return true;
    }

    private void ReadToken(Stack<char> brackets)
    {
        string text = _source.Text;
        char c = text[_at];
        if (Values.PythonText.IsSpace(c))
        {
            _at++;
        }
        else if (char.IsAsciiDigit(c))
        {
            bool afterDot = _tokens[^1].IsOperator(".") && text[_at - 1] == '.';
            (TokenKind kind, int end) = NumberLiteral.Scan(text, _at, afterDot);
            Add(kind, text[_at..end].Replace("_", "", StringComparison.Ordinal), end);
        }
        else if (char.IsLetter(c) || c == '_')
        {
            int end = _at + 1;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
            {
                end++;
            }

            Add(TokenKind.Name, text[_at..end], end);
        }
        else if (c is '\'' or '"')
        {
            string value = StringLiteral.Read(_source, _at, out int end);
            Add(TokenKind.String, value, end);
        }
        else
        {
            ReadOperator(brackets);
        }
    }

    private void ReadOperator(Stack<char> brackets)
    {
        string text = _source.Text;
        string? found = Array.Find(Operators, o => text.AsSpan(_at).StartsWith(o));
        if (found is null)
        {
            throw ChatTemplateException.Syntax($"unexpected character '{text[_at]}'.", _source.PositionAt(_at));
        }

        switch (found[0])
        {
            case '(':
                brackets.Push(')');
                break;
            case '[':
                brackets.Push(']');
                break;
            case '{':
                brackets.Push('}');
                break;
            case ')' or ']' or '}' when !brackets.TryPop(out char expected) || expected != found[0]:
                throw ChatTemplateException.Syntax($"unexpected '{found}'.", _source.PositionAt(_at));
        }

        Add(TokenKind.Operator, found, _at + found.Length);
    }

    private void Add(TokenKind kind, string text, int end)
    {
        _tokens.Add(new Token(kind, text, _source.PositionAt(_at)));
        _at = end;
    }
}
