namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <summary>Parses a template's text and tags into statements.</summary>
/// <remarks>Source: jinja2/parser.py (3.1), with the loop controls and the <c>generation</c> tag that transformers adds.</remarks>
internal sealed partial class StatementParser
{
    private readonly TokenStream _tokens;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private StatementParser(List<Token> tokens)
    {
        _tokens = new TokenStream(tokens);
        _expressions = new ExpressionParser(_tokens);
    }

    /// <summary>The statements of a whole template.</summary>
    /// <exception cref="ChatTemplateException">The template is malformed, or uses what is not supported.</exception>
    public static Statement[] Parse(string source)
    {
        var parser = new StatementParser(Lexer.Tokenize(source));
        return parser.ParseUntil();
    }

    /// <summary>Statements up to the tag of one of the given names, whose <c>{%</c> is taken and whose name is current.</summary>
    private Statement[] ParseUntil(params ReadOnlySpan<string> ends)
    {
        _tokens.Enter();
        SourcePosition opened = _tokens.Position;
        var body = new List<Statement>();
        while (_tokens.Current.Kind != TokenKind.End)
        {
            Token token = _tokens.Take();
            if (token.Kind == TokenKind.Data)
            {
                body.Add(new TextStatement(token.Text, token.Position));
            }
            else if (token.Kind == TokenKind.OutputBegin)
            {
                body.Add(new OutputStatement(_expressions.ParseTuple(), token.Position));
                _tokens.Expect(TokenKind.OutputEnd, "'}}'");
            }
            else if (_tokens.Current.Kind == TokenKind.Name && ends.Contains(_tokens.Current.Text))
            {
                _tokens.Leave();
                return [.. body];
            }
            else
            {
                body.Add(ParseTag());
                EndTag();
            }
        }

        if (ends.Length > 0)
        {
            throw ChatTemplateException.Syntax($"the block opened before here is not closed with '{{% {ends[^1]} %}}'.", opened);
        }

        _tokens.Leave();
        return [.. body];
    }

    private void EndTag() => _tokens.Expect(TokenKind.BlockEnd, "'%}'");

    private Statement ParseTag()
    {
        Token tag = _tokens.Expect(TokenKind.Name, "a tag's name");
        switch (tag.Text)
        {
            case "if":
                return ParseIf(tag.Position);
            case "for":
                return ParseFor(tag.Position);
            case "set":
                return ParseSet(tag.Position);
            case "macro":
                return ParseMacro(tag.Position);
            case "break" or "continue" when _loops > 0:
                return new JumpStatement(tag.Text == "break", tag.Position);
            case "break" or "continue":
                throw ChatTemplateException.Syntax($"'{tag.Text}' stands outside a loop.", tag.Position);
            case "filter":
                FilterExpression filter = _expressions.ParseFilter(null);
                filter = _expressions.ParseFilters(filter) ?? filter;
                return new FilterBlockStatement(filter, ParseBody("endfilter"), tag.Position);
            case "generation":
                return new GenerationStatement(ParseBody("endgeneration"), tag.Position);
            case "elif" or "else" or "endif" or "endfor" or "endset" or "endmacro" or "endfilter" or "endgeneration" or "endraw":
                throw ChatTemplateException.Syntax($"unexpected '{tag.Text}'.", tag.Position);
            default:
                throw ChatTemplateException.Unsupported("the tag", tag.Text, tag.Position);
        }
    }

    /// <summary>A body with a single closing tag; leaves that tag's <c>%}</c> for the caller.</summary>
    private Statement[] ParseBody(string end)
    {
        EndTag();
        Statement[] body = ParseUntil(end);
        _tokens.Take();
        return body;
    }

    private IfStatement ParseIf(SourcePosition position)
    {
        var branches = new List<KeyValuePair<Expression, Statement[]>>();
        while (true)
        {
            Expression condition = _expressions.ParseTuple(withConditional: false);
            EndTag();
            branches.Add(new(condition, ParseUntil("elif", "else", "endif")));
            string next = _tokens.Take().Text;
            if (next != "elif")
            {
                return new IfStatement([.. branches], next == "else" ? ParseBody("endif") : [], position);
            }
        }
    }

    private ForStatement ParseFor(SourcePosition position)
    {
        AssignmentTarget target = ParseTarget(mayBeNamespace: false);
        if (!_tokens.SkipName("in"))
        {
            throw _tokens.Unexpected("'in'");
        }

        Expression items = _expressions.ParseTuple(withConditional: false);
        Expression? condition = _tokens.SkipName("if") ? _expressions.Parse() : null;
        if (_tokens.Current.IsName("recursive"))
        {
            throw ChatTemplateException.Unsupported("the loop modifier", "recursive", _tokens.Position);
        }

        EndTag();
        _loops++;
        Statement[] body = ParseUntil("else", "endfor");
        _loops--;
        Statement[] otherwise = _tokens.Take().Text == "else" ? ParseBody("endfor") : [];
        return new ForStatement(target, items, condition, body, otherwise, position);
    }
}
