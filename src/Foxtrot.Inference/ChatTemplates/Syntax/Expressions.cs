using Foxtrot.Inference.ChatTemplates.Builtins;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <summary>A node that has a value.</summary>
internal abstract record Expression(SourcePosition Position);

/// <summary>A literal.</summary>
internal sealed record ConstantExpression(Value Value, SourcePosition Position) : Expression(Position);

/// <summary>A variable read.</summary>
internal sealed record NameExpression(string Name, SourcePosition Position) : Expression(Position);

/// <summary>A list or a tuple display.</summary>
internal sealed record SequenceExpression(bool IsTuple, Expression[] Items, SourcePosition Position) : Expression(Position);

/// <summary>A dict display, in source order.</summary>
internal sealed record DictExpression(KeyValuePair<Expression, Expression>[] Items, SourcePosition Position) : Expression(Position);

/// <summary><c>target.name</c></summary>
internal sealed record AttributeExpression(Expression Target, string Name, SourcePosition Position) : Expression(Position);

/// <summary><c>target[key]</c></summary>
internal sealed record ItemExpression(Expression Target, Expression Key, SourcePosition Position) : Expression(Position);

/// <summary><c>target[start:stop:step]</c>; an absent part is null.</summary>
internal sealed record SliceExpression(Expression Target, Expression? Start, Expression? Stop, Expression? Step, SourcePosition Position)
    : Expression(Position);

/// <summary>The arguments of a call, a filter or a test.</summary>
internal sealed record ArgumentExpressions(Expression[] Positional, KeyValuePair<string, Expression>[] Named)
{
    public static ArgumentExpressions None { get; } = new([], []);
}

/// <summary><c>callee(arguments)</c></summary>
internal sealed record CallExpression(Expression Callee, ArgumentExpressions Arguments, SourcePosition Position) : Expression(Position);

/// <summary><c>input|name(arguments)</c>; a null input stands for a block's text.</summary>
internal sealed record FilterExpression(
    Expression? Input, string Name, FilterFunction Function, ArgumentExpressions Arguments, SourcePosition Position) : Expression(Position);

/// <summary><c>input is name arguments</c></summary>
internal sealed record TestExpression(
    Expression Input, string Name, TestFunction Function, ArgumentExpressions Arguments, SourcePosition Position) : Expression(Position);

/// <summary><c>not</c>, unary <c>-</c> or <c>+</c>.</summary>
internal sealed record UnaryExpression(string Operator, Expression Operand, SourcePosition Position) : Expression(Position);

/// <summary>Arithmetic: <c>+ - * / // % **</c>.</summary>
internal sealed record BinaryExpression(string Operator, Expression Left, Expression Right, SourcePosition Position) : Expression(Position);

/// <summary><c>and</c>, <c>or</c>: the value is the operand that decides.</summary>
internal sealed record LogicExpression(bool IsAnd, Expression Left, Expression Right, SourcePosition Position) : Expression(Position);

/// <summary><c>a ~ b ~ c</c>: the operands' texts, joined.</summary>
internal sealed record ConcatExpression(Expression[] Operands, SourcePosition Position) : Expression(Position);

/// <summary>A chain of comparisons, <c>a &lt; b &lt;= c</c>, <c>x not in y</c>.</summary>
internal sealed record CompareExpression(Expression First, KeyValuePair<string, Expression>[] Rest, SourcePosition Position) : Expression(Position);

/// <summary><c>then if condition else otherwise</c>; without an else the value is undefined.</summary>
internal sealed record ConditionalExpression(Expression Condition, Expression Then, Expression? Otherwise, SourcePosition Position)
    : Expression(Position);
