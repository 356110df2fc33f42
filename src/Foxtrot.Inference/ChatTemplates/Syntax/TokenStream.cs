namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <summary>A parser's place in the tokens, and how deep it is nested.</summary>
internal sealed class TokenStream(List<Token> tokens)
{
    /// <summary>Most levels of brackets, operators and blocks inside one another; keeps hostile templates off the stack's end.</summary>
    public const int MaxNesting = 256;

    private int _at;
    private int _nesting;

    public Token Current => tokens[_at];

    public Token Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    public SourcePosition Position => Current.Position;

    /// <summary>Returns the current token and moves on; the end stays current.</summary>
    public Token Take()
    {
        Token token = Current;
        _at = Math.Min(_at + 1, tokens.Count - 1);
        return token;
    }

    public bool SkipOperator(string text)
    {
        bool found = Current.IsOperator(text);
        if (found)
        {
            Take();
        }

        return found;
    }

    public bool SkipName(string text)
    {
        bool found = Current.IsName(text);
        if (found)
        {
            Take();
        }

        return found;
    }

    public void ExpectOperator(string text)
    {
        if (!SkipOperator(text))
        {
            throw Unexpected($"'{text}'");
        }
    }

    public Token Expect(TokenKind kind, string description) =>
        Current.Kind == kind ? Take() : throw Unexpected(description);

    /// <summary>The error for a token that is not what the grammar wants here.</summary>
    public ChatTemplateException Unexpected(string expected) =>
        ChatTemplateException.Syntax($"expected {expected}, found {Current.Description}.", Position);

    /// <summary>Goes one level deeper; every call is paired with <see cref="Leave"/>.</summary>
    public void Enter()
    {
        if (++_nesting > MaxNesting)
        {
            throw new ChatTemplateException(
                ChatTemplateErrorKind.Limit, $"expressions and blocks are nested more than {MaxNesting} levels deep.", Position);
        }
    }

    public void Leave() => _nesting--;
}
