namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <summary>What a <see cref="Token"/> is.</summary>
internal enum TokenKind
{
    /// <summary>Text outside tags, after whitespace control.</summary>
    Data,

    /// <summary><c>{{</c></summary>
    OutputBegin,

    /// <summary><c>}}</c></summary>
    OutputEnd,

    /// <summary><c>{%</c></summary>
    BlockBegin,

    /// <summary><c>%}</c></summary>
    BlockEnd,

    /// <summary>An identifier or a word such as <c>and</c>: Jinja reserves none in its lexer.</summary>
    Name,

    /// <summary>A string literal; the text is unescaped.</summary>
    String,

    /// <summary>An integer literal; the text is its digits with prefix.</summary>
    Integer,

    /// <summary>A literal with a fraction or an exponent.</summary>
    Float,

    /// <summary>Punctuation; the text is the operator.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>One lexical unit of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, see <see cref="TokenKind"/>.</param>
/// <param name="Position">Where it starts.</param>
internal readonly record struct Token(TokenKind Kind, string Text, SourcePosition Position)
{
    public bool IsOperator(string text) => Kind == TokenKind.Operator && Text == text;

    public bool IsName(string text) => Kind == TokenKind.Name && Text == text;

    /// <summary>How an error message calls this token.</summary>
    public string Description => Kind switch
    {
        TokenKind.Data => "text",
        TokenKind.OutputBegin => "'{{'",
        TokenKind.OutputEnd => "'}}'",
        TokenKind.BlockBegin => "'{%'",
        TokenKind.BlockEnd => "'%}'",
        TokenKind.String => "a string",
        TokenKind.End => "the end of the template",
        _ => $"'{Text}'",
    };
}
