using Foxtrot.Inference.ChatTemplates.Builtins;
using Foxtrot.Inference.ChatTemplates.Syntax;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <summary>Walks a template's statements and expressions. One per rendering.</summary>
internal sealed partial class Interpreter(RenderState state)
{
    public RenderState State => state;

    /// <summary>The value of an expression.</summary>
    public Value Evaluate(Expression node, Scope scope)
    {
        state.Enter(node.Position);
        Value value = node switch
        {
            ConstantExpression constant => constant.Value,
            NameExpression name => scope.Find(name.Name) ?? new UndefinedValue($"'{name.Name}' is undefined"),
            AttributeExpression attribute => EvaluateAttribute(attribute, scope),
            ItemExpression item => EvaluateItem(item, scope),
            SliceExpression slice => EvaluateSlice(slice, scope),
            SequenceExpression sequence =>
                state.Sequence(sequence.IsTuple ? SequenceKind.Tuple : SequenceKind.List, EvaluateAll(sequence.Items, scope)),
            DictExpression dict => EvaluateDict(dict, scope),
            CallExpression call => EvaluateCall(call, scope),
            FilterExpression filter => ApplyFilter(filter, Evaluate(filter.Input!, scope), scope),
            TestExpression test => EvaluateTest(test, scope),
            LogicExpression logic => EvaluateLogic(logic, scope),
            UnaryExpression unary => EvaluateUnary(unary, scope),
            BinaryExpression binary => EvaluateBinary(binary, scope),
            ConcatExpression concat => EvaluateConcat(concat, scope),
            CompareExpression compare => EvaluateComparison(compare, scope),
            ConditionalExpression conditional => EvaluateConditional(conditional, scope),
            _ => throw new InvalidOperationException($"{node.GetType().Name} has no evaluation."),
        };
        state.Leave();
        return value;
    }

    /// <summary>A filter's result for an input; the input's own filters come first.</summary>
    public Value ApplyFilter(FilterExpression filter, Value input, Scope scope)
    {
        Arguments arguments = EvaluateArguments($"filter '{filter.Name}'", filter.Arguments, scope);
        state.Position = filter.Position;
        return filter.Function(input, arguments, state);
    }

    private Value[] EvaluateAll(Expression[] nodes, Scope scope)
    {
        var values = new Value[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            values[i] = Evaluate(nodes[i], scope);
        }

        return values;
    }

    private Arguments EvaluateArguments(string callee, ArgumentExpressions arguments, Scope scope)
    {
        Value[] positional = EvaluateAll(arguments.Positional, scope);
        var named = new KeyValuePair<string, Value>[arguments.Named.Length];
        for (int i = 0; i < named.Length; i++)
        {
            named[i] = new(arguments.Named[i].Key, Evaluate(arguments.Named[i].Value, scope));
        }

        return new Arguments(callee, positional, named);
    }

    private Value EvaluateAttribute(AttributeExpression node, Scope scope)
    {
        Value target = Evaluate(node.Target, scope);
        state.Position = node.Position;
        return Subscripts.Attribute(target, node.Name, state);
    }

    private Value EvaluateItem(ItemExpression node, Scope scope)
    {
        Value target = Evaluate(node.Target, scope);
        Value key = Evaluate(node.Key, scope);
        state.Position = node.Position;
        return Subscripts.Item(target, key, state);
    }

    private Value EvaluateSlice(SliceExpression node, Scope scope)
    {
        Value target = Evaluate(node.Target, scope);
        Value? start = node.Start is null ? null : Evaluate(node.Start, scope);
        Value? stop = node.Stop is null ? null : Evaluate(node.Stop, scope);
        Value? step = node.Step is null ? null : Evaluate(node.Step, scope);
        state.Position = node.Position;
        return Slices.Take(target, start, stop, step, state);
    }

    private DictValue EvaluateDict(DictExpression node, Scope scope)
    {
        OrderedDictionary<Value, Value> items = DictValue.NewItems();
        foreach ((Expression key, Expression value) in node.Items)
        {
            Value keyValue = Evaluate(key, scope);
            state.Position = node.Position;
            items[state.Key(keyValue)] = Evaluate(value, scope);
        }

        return state.Dict(items);
    }

    private Value EvaluateCall(CallExpression node, Scope scope)
    {
        Value callee = Evaluate(node.Callee, scope);
        string name = node.Callee switch
        {
            NameExpression n => n.Name,
            AttributeExpression a => a.Name,
            _ => callee.TypeName,
        };
        Arguments arguments = EvaluateArguments($"'{name}'", node.Arguments, scope);
        state.Position = node.Position;
        return callee switch
        {
            CallableValue callable => callable.Invoke(arguments, this),
            UndefinedValue when node.Callee is NameExpression && GlobalFunctions.IsUnsupported(name) =>
                throw state.Unsupported("the function", name),
            UndefinedValue => throw state.Undefined(callee),
            _ => throw state.Error($"'{name}' of type '{callee.TypeName}' cannot be called."),
        };
    }

    private BoolValue EvaluateTest(TestExpression node, Scope scope)
    {
        Value input = Evaluate(node.Input, scope);
        Arguments arguments = EvaluateArguments($"test '{node.Name}'", node.Arguments, scope);
        state.Position = node.Position;
        return BoolValue.Of(node.Function(input, arguments, state));
    }
}
