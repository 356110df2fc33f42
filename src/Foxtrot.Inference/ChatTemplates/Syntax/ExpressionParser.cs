namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <summary>Parses expressions by recursive descent, one method per level of Jinja's precedence.</summary>
/// <remarks>
/// Source: jinja2/parser.py (3.1). From loosest to tightest: conditional, or, and, not, comparisons, + -, ~, * / // %, **,
/// unary and postfix, filters and tests. As there, ** groups to the left and a unary minus binds before it.
/// </remarks>
internal sealed partial class ExpressionParser(TokenStream tokens)
{
    /// <summary>Variables that mean something unsupported here; inside macros, the ones Jinja gives them.</summary>
    public IReadOnlyList<string> RefusedNames { get; set; } = [];

    /// <summary>An expression, with commas making a tuple.</summary>
    /// <param name="withConditional">Whether <c>a if b</c> may appear unparenthesized; not in <c>for</c>, where <c>if</c> filters.</param>
    /// <param name="mayBeEmpty">Whether nothing at all is the empty tuple, as between parentheses.</param>
    public Expression ParseTuple(bool withConditional = true, bool mayBeEmpty = false)
    {
        SourcePosition position = tokens.Position;
        var items = new List<Expression>();
        bool isTuple = false;
        while (!IsTupleEnd())
        {
            items.Add(Parse(withConditional));
            if (!tokens.SkipOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        if (isTuple || (items.Count == 0 && mayBeEmpty))
        {
            return new SequenceExpression(IsTuple: true, [.. items], position);
        }

        return items.Count == 1 ? items[0] : throw tokens.Unexpected("an expression");
    }

    /// <summary>A single expression.</summary>
    public Expression Parse(bool withConditional = true)
    {
        tokens.Enter();
        Expression result = withConditional ? ParseConditional() : ParseOr();
        tokens.Leave();
        return result;
    }

    private bool IsTupleEnd() =>
        tokens.Current.Kind is TokenKind.OutputEnd or TokenKind.BlockEnd || tokens.Current.IsOperator(")");

    private Expression ParseConditional()
    {
        SourcePosition position = tokens.Position;
        Expression result = ParseOr();
        while (tokens.SkipName("if"))
        {
            Expression condition = ParseOr();
            Expression? otherwise = tokens.SkipName("else") ? Parse() : null;
            result = new ConditionalExpression(condition, result, otherwise, position);
        }

        return result;
    }

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        for (SourcePosition at = tokens.Position; tokens.SkipName("or"); at = tokens.Position)
        {
            left = new LogicExpression(IsAnd: false, left, ParseAnd(), at);
        }

        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        for (SourcePosition at = tokens.Position; tokens.SkipName("and"); at = tokens.Position)
        {
            left = new LogicExpression(IsAnd: true, left, ParseNot(), at);
        }

        return left;
    }

    private Expression ParseNot()
    {
        SourcePosition position = tokens.Position;
        if (!tokens.SkipName("not"))
        {
            return ParseComparison();
        }

        tokens.Enter();
        var result = new UnaryExpression("not", ParseNot(), position);
        tokens.Leave();
        return result;
    }

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        SourcePosition position = tokens.Position;
        var rest = new List<KeyValuePair<string, Expression>>();
        while (TakeComparison() is { } comparison)
        {
            rest.Add(new(comparison, ParseSum()));
        }

        return rest.Count == 0 ? first : new CompareExpression(first, [.. rest], position);
    }

    private string? TakeComparison()
    {
        Token token = tokens.Current;
        if (token.Kind == TokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
        {
            return tokens.Take().Text;
        }

        if (token.IsName("not") && tokens.Following.IsName("in"))
        {
            tokens.Take();
            tokens.Take();
            return "not in";
        }

        return tokens.SkipName("in") ? "in" : null;
    }

    private Expression ParseSum()
    {
        Expression left = ParseConcat();
        while (tokens.Current.IsOperator("+") || tokens.Current.IsOperator("-"))
        {
            Token token = tokens.Take();
            left = new BinaryExpression(token.Text, left, ParseConcat(), token.Position);
        }

        return left;
    }

    private Expression ParseConcat()
    {
        SourcePosition position = tokens.Position;
        var operands = new List<Expression> { ParseProduct() };
        while (tokens.SkipOperator("~"))
        {
            operands.Add(ParseProduct());
        }

        return operands.Count == 1 ? operands[0] : new ConcatExpression([.. operands], position);
    }

    private Expression ParseProduct()
    {
        Expression left = ParsePower();
        while (tokens.Current is { Kind: TokenKind.Operator, Text: "*" or "/" or "//" or "%" })
        {
            Token token = tokens.Take();
            left = new BinaryExpression(token.Text, left, ParsePower(), token.Position);
        }

        return left;
    }

    private Expression ParsePower()
    {
        Expression left = ParseUnary(withFilters: true);
        while (tokens.Current.IsOperator("**"))
        {
            Token token = tokens.Take();
            left = new BinaryExpression(token.Text, left, ParseUnary(withFilters: true), token.Position);
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Expression result;
        if (tokens.Current is { Kind: TokenKind.Operator, Text: "-" or "+" })
        {
            Token sign = tokens.Take();
            tokens.Enter();
            result = new UnaryExpression(sign.Text, ParseUnary(withFilters: false), sign.Position);
            tokens.Leave();
        }
        else
        {
            result = ParsePrimary();
        }

        result = ParsePostfix(result);
        return withFilters ? ParseFiltersAndTests(result) : result;
    }
}
