using Foxtrot.Inference.ChatTemplates.Builtins;

namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <content>Filters, tests and argument lists. Names of filters and tests are resolved here, so an unknown one fails at load.</content>
internal sealed partial class ExpressionParser
{
    /// <summary>A chain of filters; <paramref name="input"/> is null for the text of a block.</summary>
    public FilterExpression? ParseFilters(FilterExpression? input)
    {
        while (tokens.SkipOperator("|"))
        {
            input = ParseFilter(input);
        }

        return input;
    }

    /// <summary>One filter, at its name.</summary>
    public FilterExpression ParseFilter(Expression? input)
    {
        Token name = tokens.Expect(TokenKind.Name, "a filter's name");
        FilterFunction function = FilterTable.Find(name.Text)
            ?? throw ChatTemplateException.Unsupported("the filter", name.Text, name.Position);
        ArgumentExpressions arguments = tokens.Current.IsOperator("(") ? ParseArguments() : ArgumentExpressions.None;
        return new FilterExpression(input, name.Text, function, arguments, name.Position);
    }

    private Expression ParseFiltersAndTests(Expression result)
    {
        while (true)
        {
            SourcePosition position = tokens.Position;
            if (tokens.SkipOperator("|"))
            {
                result = ParseFilter(result);
            }
            else if (tokens.SkipName("is"))
            {
                result = ParseTest(result, position);
            }
            else if (tokens.Current.IsOperator("("))
            {
                result = new CallExpression(result, ParseArguments(), position);
            }
            else
            {
                return result;
            }
        }
    }

    private Expression ParseTest(Expression input, SourcePosition position)
    {
        bool negated = tokens.SkipName("not");
        Token name = tokens.Expect(TokenKind.Name, "a test's name");
        TestFunction function = TestTable.Find(name.Text)
            ?? throw ChatTemplateException.Unsupported("the test", name.Text, name.Position);
        ArgumentExpressions arguments = ArgumentExpressions.None;
        if (tokens.Current.IsOperator("("))
        {
            arguments = ParseArguments();
        }
        else if (tokens.Current.IsName("is"))
        {
            throw ChatTemplateException.Syntax("tests cannot be chained with 'is'.", tokens.Position);
        }
        else if (StartsArgument())
        {
            arguments = new ArgumentExpressions([ParsePostfix(ParsePrimary())], []);
        }

        Expression test = new TestExpression(input, name.Text, function, arguments, name.Position);
        return negated ? new UnaryExpression("not", test, position) : test;
    }

    private bool StartsArgument() => tokens.Current.Kind switch
    {
        TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
        TokenKind.Name => tokens.Current.Text is not ("else" or "or" or "and"),
        TokenKind.Operator => tokens.Current.Text is "[" or "{",
        _ => false,
    };

    private ArgumentExpressions ParseArguments()
    {
        tokens.ExpectOperator("(");
        var positional = new List<Expression>();
        var named = new List<KeyValuePair<string, Expression>>();
        while (!tokens.SkipOperator(")"))
        {
            ParseArgument(positional, named);
            if (!tokens.Current.IsOperator(")"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new ArgumentExpressions([.. positional], [.. named]);
    }

    private void ParseArgument(List<Expression> positional, List<KeyValuePair<string, Expression>> named)
    {
        Token token = tokens.Current;
        if (token is { Kind: TokenKind.Operator, Text: "*" or "**" })
        {
            throw ChatTemplateException.Unsupported("the construct", token.Text + "arguments", token.Position);
        }

        if (token.Kind == TokenKind.Name && tokens.Following.IsOperator("="))
        {
            tokens.Take();
            tokens.Take();
            if (named.Exists(n => n.Key == token.Text))
            {
                throw ChatTemplateException.Syntax($"the argument '{token.Text}' is given twice.", token.Position);
            }

            named.Add(new(token.Text, Parse()));
        }
        else if (named.Count > 0)
        {
            throw ChatTemplateException.Syntax("a positional argument follows a named one.", token.Position);
        }
        else
        {
            positional.Add(Parse());
        }
    }
}
