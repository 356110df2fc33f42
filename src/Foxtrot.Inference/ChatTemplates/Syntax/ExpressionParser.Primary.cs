using System.Globalization;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <content>Literals, names, displays, and what follows them: attributes, subscripts, calls.</content>
internal sealed partial class ExpressionParser
{
    private Expression ParsePrimary()
    {
        Token token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Take();
                if (RefusedNames.Contains(token.Text))
                {
                    throw ChatTemplateException.Unsupported("the macro variable", token.Text, token.Position);
                }

                return token.Text switch
                {
                    "true" or "True" => new ConstantExpression(BoolValue.True, token.Position),
                    "false" or "False" => new ConstantExpression(BoolValue.False, token.Position),
                    "none" or "None" => new ConstantExpression(NoneValue.Instance, token.Position),
                    _ => new NameExpression(token.Text, token.Position),
                };
            case TokenKind.String:
                string text = tokens.Take().Text;
                while (tokens.Current.Kind == TokenKind.String)
                {
                    text += tokens.Take().Text;
                }

                return new ConstantExpression(new StringValue(text), token.Position);
            case TokenKind.Integer:
                tokens.Take();
                IntValue integer = IntValue.TryCreate(NumberLiteral.ParseInteger(token.Text))
                    ?? throw ChatTemplateException.Syntax($"the integer has more than {IntValue.MaxBits} bits.", token.Position);
                return new ConstantExpression(integer, token.Position);
            case TokenKind.Float:
                tokens.Take();
                return new ConstantExpression(new FloatValue(double.Parse(token.Text, CultureInfo.InvariantCulture)), token.Position);
        }

        if (tokens.SkipOperator("("))
        {
            tokens.Enter();
            Expression inner = ParseTuple(mayBeEmpty: true);
            tokens.Leave();
            tokens.ExpectOperator(")");
            return inner;
        }

        return token.IsOperator("[") ? ParseList() : token.IsOperator("{") ? ParseDict() : throw tokens.Unexpected("an expression");
    }

    private SequenceExpression ParseList()
    {
        SourcePosition position = tokens.Take().Position;
        var items = new List<Expression>();
        while (!tokens.SkipOperator("]"))
        {
            items.Add(Parse());
            if (!tokens.Current.IsOperator("]"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new SequenceExpression(IsTuple: false, [.. items], position);
    }

    private DictExpression ParseDict()
    {
        SourcePosition position = tokens.Take().Position;
        var items = new List<KeyValuePair<Expression, Expression>>();
        while (!tokens.SkipOperator("}"))
        {
            Expression key = Parse();
            tokens.ExpectOperator(":");
            items.Add(new(key, Parse()));
            if (!tokens.Current.IsOperator("}"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new DictExpression([.. items], position);
    }

    private Expression ParsePostfix(Expression target)
    {
        while (true)
        {
            SourcePosition position = tokens.Position;
            if (tokens.SkipOperator("."))
            {
                Token name = tokens.Take();
                target = name.Kind switch
                {
                    TokenKind.Name => new AttributeExpression(target, name.Text, position),
                    TokenKind.Integer when IntValue.TryCreate(NumberLiteral.ParseInteger(name.Text)) is { } index =>
                        new ItemExpression(target, new ConstantExpression(index, name.Position), position),
                    _ => throw ChatTemplateException.Syntax($"expected a name or a number after '.', found {name.Description}.", name.Position),
                };
            }
            else if (tokens.SkipOperator("["))
            {
                target = ParseSubscript(target, position);
            }
            else if (tokens.Current.IsOperator("("))
            {
                target = new CallExpression(target, ParseArguments(), position);
            }
            else
            {
                return target;
            }
        }
    }

    private Expression ParseSubscript(Expression target, SourcePosition position)
    {
        Expression? start = tokens.Current.IsOperator(":") ? null : Parse();
        Expression result;
        if (!tokens.SkipOperator(":"))
        {
            result = new ItemExpression(target, start!, position);
        }
        else
        {
            Expression? stop = ParseSlicePart();
            Expression? step = tokens.SkipOperator(":") ? ParseSlicePart() : null;
            result = new SliceExpression(target, start, stop, step, position);
        }

        if (tokens.Current.IsOperator(","))
        {
            throw ChatTemplateException.Unsupported("the construct", "several subscripts", position);
        }

        tokens.ExpectOperator("]");
        return result;
    }

    private Expression? ParseSlicePart() =>
        tokens.Current is { Kind: TokenKind.Operator, Text: ":" or "]" or "," } ? null : Parse();
}
