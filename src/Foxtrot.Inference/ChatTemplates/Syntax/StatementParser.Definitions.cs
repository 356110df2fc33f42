namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <content>Assignments and macros.</content>
internal sealed partial class StatementParser
{
    private static readonly string[] MacroVariables = ["caller", "varargs", "kwargs"];

    private Statement ParseSet(SourcePosition position)
    {
        AssignmentTarget target = ParseTarget(mayBeNamespace: true);
        if (_tokens.SkipOperator("="))
        {
            return new SetStatement(target, _expressions.ParseTuple(), position);
        }

        FilterExpression? filter = _expressions.ParseFilters(null);
        return new SetBlockStatement(target, filter, ParseBody("endset"), position);
    }

    private AssignmentTarget ParseTarget(bool mayBeNamespace)
    {
        SourcePosition position = _tokens.Position;
        var items = new List<AssignmentTarget> { ParseSingleTarget(mayBeNamespace) };
        bool isTuple = false;
        while (_tokens.SkipOperator(","))
        {
            isTuple = true;
            if (_tokens.Current.Kind != TokenKind.Name && !_tokens.Current.IsOperator("("))
            {
                break;
            }

            items.Add(ParseSingleTarget(mayBeNamespace));
        }

        return isTuple ? new TupleTarget([.. items], position) : items[0];
    }

    private AssignmentTarget ParseSingleTarget(bool mayBeNamespace)
    {
        if (_tokens.SkipOperator("("))
        {
            _tokens.Enter();
            AssignmentTarget inner = ParseTarget(mayBeNamespace);
            _tokens.Leave();
            _tokens.ExpectOperator(")");
            return inner;
        }

        Token name = _tokens.Expect(TokenKind.Name, "a name to assign to");
        if (name.Text is "true" or "false" or "none" or "True" or "False" or "None")
        {
            throw ChatTemplateException.Syntax($"'{name.Text}' cannot be assigned to.", name.Position);
        }

        return mayBeNamespace && _tokens.SkipOperator(".")
            ? new NamespaceTarget(name.Text, _tokens.Expect(TokenKind.Name, "an attribute's name").Text, name.Position)
            : new NameTarget(name.Text, name.Position);
    }

    private MacroStatement ParseMacro(SourcePosition position)
    {
        string name = _tokens.Expect(TokenKind.Name, "the macro's name").Text;
        _tokens.ExpectOperator("(");
        var parameters = new List<KeyValuePair<string, Expression?>>();
        while (!_tokens.SkipOperator(")"))
        {
            Token parameter = _tokens.Expect(TokenKind.Name, "a parameter's name");
            Expression? defaultValue = _tokens.SkipOperator("=") ? _expressions.Parse() : null;
            if (defaultValue is null && parameters.Count > 0 && parameters[^1].Value is not null)
            {
                throw ChatTemplateException.Syntax($"the parameter '{parameter.Text}' needs a default, as the one before it has.", parameter.Position);
            }

            if (parameters.Exists(p => p.Key == parameter.Text))
            {
                throw ChatTemplateException.Syntax($"the parameter '{parameter.Text}' appears twice.", parameter.Position);
            }

            parameters.Add(new(parameter.Text, defaultValue));
            if (!_tokens.Current.IsOperator(")"))
            {
                _tokens.ExpectOperator(",");
            }
        }

        // A loop around the definition is not the macro's: break and continue may not leave it.
        int loops = _loops;
        _loops = 0;
        IReadOnlyList<string> refused = _expressions.RefusedNames;
        _expressions.RefusedNames = [.. MacroVariables.Except(parameters.Select(p => p.Key))];
        Statement[] body = ParseBody("endmacro");
        _expressions.RefusedNames = refused;
        _loops = loops;
        return new MacroStatement(name, [.. parameters], body, position);
    }
}
