using System.Text;
using Foxtrot.Inference.ChatTemplates.Syntax;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <content>Operators.</content>
internal sealed partial class Interpreter
{
    private Value EvaluateLogic(LogicExpression node, Scope scope)
    {
        Value left = Evaluate(node.Left, scope);
        return left.IsTruthy == node.IsAnd ? Evaluate(node.Right, scope) : left;
    }

    private Value EvaluateConditional(ConditionalExpression node, Scope scope) =>
        Evaluate(node.Condition, scope).IsTruthy ? Evaluate(node.Then, scope)
        : node.Otherwise is not null ? Evaluate(node.Otherwise, scope)
        : new UndefinedValue("the inline if has no else, and its condition is false");

    private Value EvaluateUnary(UnaryExpression node, Scope scope)
    {
        Value operand = Evaluate(node.Operand, scope);
        state.Position = node.Position;
        return node.Operator switch
        {
            "not" => BoolValue.Of(!operand.IsTruthy),
            "-" => Arithmetic.Negate(operand, state),
            _ => Arithmetic.Plus(operand, state),
        };
    }

    private Value EvaluateBinary(BinaryExpression node, Scope scope)
    {
        Value left = Evaluate(node.Left, scope);
        Value right = Evaluate(node.Right, scope);
        state.Position = node.Position;
        return Arithmetic.Apply(node.Operator, left, right, state);
    }

    private StringValue EvaluateConcat(ConcatExpression node, Scope scope)
    {
        var text = new StringBuilder();
        foreach (Expression operand in node.Operands)
        {
            Value value = Evaluate(operand, scope);
            state.Position = operand.Position;
            text.Append(state.Str(value));
        }

        return state.Text(text.ToString());
    }

    private BoolValue EvaluateComparison(CompareExpression node, Scope scope)
    {
        Value left = Evaluate(node.First, scope);
        foreach ((string comparison, Expression operand) in node.Rest)
        {
            Value right = Evaluate(operand, scope);
            state.Position = node.Position;
            if (!Holds(comparison, left, right))
            {
                return BoolValue.False;
            }

            left = right;
        }

        return BoolValue.True;
    }

    private bool Holds(string comparison, Value left, Value right) => comparison switch
    {
        "==" => state.AreEqual(left, right),
        "!=" => !state.AreEqual(left, right),
        "in" => Containment.Contains(right, left, state),
        "not in" => !Containment.Contains(right, left, state),
        _ => Ordering.Holds(comparison, left, right, state),
    };
}
