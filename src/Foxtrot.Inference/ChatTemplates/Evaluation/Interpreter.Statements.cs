using Foxtrot.Inference.ChatTemplates.Syntax;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <content>Statements.</content>
internal sealed partial class Interpreter
{
    /// <summary>How a run of statements ended.</summary>
    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>Renders a whole template.</summary>
    public void Render(Statement[] template, Scope scope) => Execute(template, scope);

    /// <summary>The text that statements write.</summary>
    public StringValue Capture(Statement[] body, Scope scope)
    {
        state.BeginCapture();
        Execute(body, scope);
        return state.EndCapture();
    }

    private Flow Execute(Statement[] body, Scope scope)
    {
        foreach (Statement statement in body)
        {
            state.Enter(statement.Position);
            Flow flow = Execute(statement, scope);
            state.Leave();
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Execute(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case TextStatement text:
                state.Write(text.Text);
                return Flow.Next;
            case OutputStatement output:
                Value value = Evaluate(output.Value, scope);
                state.Position = output.Position;
                state.Write(state.Str(value));
                return Flow.Next;
            case IfStatement branch:
                return Execute(Choose(branch, scope), scope);
            case ForStatement loop:
                return ExecuteLoop(loop, scope);
            case JumpStatement jump:
                return jump.IsBreak ? Flow.Break : Flow.Continue;
            case SetStatement set:
                Assign(set.Target, Evaluate(set.Value, scope), scope);
                return Flow.Next;
            case SetBlockStatement set:
                Value captured = Capture(set.Body, new Scope(scope));
                Assign(set.Target, set.Filter is null ? captured : ApplyFilters(set.Filter, captured, scope), scope);
                return Flow.Next;
            case FilterBlockStatement block:
                state.Write(state.Str(ApplyFilters(block.Filter, Capture(block.Body, new Scope(scope)), scope)));
                return Flow.Next;
            case GenerationStatement generation:
                return Execute(generation.Body, new Scope(scope));
            case MacroStatement macro:
                scope.Set(macro.Name, new MacroValue(macro, scope));
                return Flow.Next;
            default:
                throw new InvalidOperationException($"{statement.GetType().Name} has no execution.");
        }
    }

    private Statement[] Choose(IfStatement node, Scope scope)
    {
        foreach ((Expression condition, Statement[] body) in node.Branches)
        {
            if (Evaluate(condition, scope).IsTruthy)
            {
                return body;
            }
        }

        return node.Otherwise;
    }

    private Flow ExecuteLoop(ForStatement node, Scope scope)
    {
        Value source = Evaluate(node.Items, scope);
        state.Position = node.Position;
        IReadOnlyList<Value> items = state.Iterate(source);
        items = node.Condition is null ? items : Filter(node, items, scope);
        var loop = new LoopValue(items);
        bool completed = false;
        for (int i = 0; i < items.Count; i++)
        {
            state.CountIteration();
            loop.Index0 = i;
            var inner = new Scope(scope);
            inner.Set("loop", loop);
            Assign(node.Target, items[i], inner);
            Flow flow = Execute(node.Body, inner);
            completed |= flow == Flow.Next;
            if (flow == Flow.Break)
            {
                break;
            }
        }

        // As in Jinja, an iteration left by break or continue does not count against the else.
        return completed ? Flow.Next : Execute(node.Otherwise, new Scope(scope));
    }

    private List<Value> Filter(ForStatement node, IReadOnlyList<Value> items, Scope scope)
    {
        var kept = new List<Value>();
        foreach (Value item in items)
        {
            state.CountIteration();
            var inner = new Scope(scope);
            Assign(node.Target, item, inner);
            if (Evaluate(node.Condition!, inner).IsTruthy)
            {
                kept.Add(item);
            }
        }

        return kept;
    }

    private Value ApplyFilters(FilterExpression filter, Value text, Scope scope) => ApplyFilter(
        filter, filter.Input is FilterExpression inner ? ApplyFilters(inner, text, scope) : text, scope);

    private void Assign(AssignmentTarget target, Value value, Scope scope)
    {
        state.Position = target.Position;
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Name, value);
                break;
            case NamespaceTarget attribute:
                NamespaceValue holder = scope.Find(attribute.Name) as NamespaceValue
                    ?? throw state.Error($"'{attribute.Name}' is no namespace, so its attributes cannot be set.");
                holder.Attributes[attribute.Attribute] = value;
                break;
            case TupleTarget tuple:
                IReadOnlyList<Value> parts = state.Iterate(value);
                if (parts.Count != tuple.Items.Length)
                {
                    throw state.Error($"{tuple.Items.Length} names cannot share {parts.Count} value(s).");
                }

                for (int i = 0; i < parts.Count; i++)
                {
                    Assign(tuple.Items[i], parts[i], scope);
                }

                break;
        }
    }
}
