namespace Foxtrot.Inference.ChatTemplates.Syntax;

/// <summary>A node that writes, assigns or directs.</summary>
internal abstract record Statement(SourcePosition Position);

/// <summary>Text outside tags.</summary>
internal sealed record TextStatement(string Text, SourcePosition Position) : Statement(Position);

/// <summary><c>{{ value }}</c></summary>
internal sealed record OutputStatement(Expression Value, SourcePosition Position) : Statement(Position);

/// <summary><c>if</c> and its <c>elif</c> branches, in order, then the <c>else</c>.</summary>
internal sealed record IfStatement(KeyValuePair<Expression, Statement[]>[] Branches, Statement[] Otherwise, SourcePosition Position)
    : Statement(Position);

/// <summary><c>for target in items if condition</c>, with its <c>else</c>.</summary>
internal sealed record ForStatement(
    AssignmentTarget Target, Expression Items, Expression? Condition, Statement[] Body, Statement[] Otherwise, SourcePosition Position)
    : Statement(Position);

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed record JumpStatement(bool IsBreak, SourcePosition Position) : Statement(Position);

/// <summary><c>set target = value</c></summary>
internal sealed record SetStatement(AssignmentTarget Target, Expression Value, SourcePosition Position) : Statement(Position);

/// <summary><c>set target</c> … <c>endset</c>: the block's text, filtered.</summary>
internal sealed record SetBlockStatement(AssignmentTarget Target, FilterExpression? Filter, Statement[] Body, SourcePosition Position)
    : Statement(Position);

/// <summary><c>macro name(parameters)</c> … <c>endmacro</c>; a parameter without a default has a null value.</summary>
internal sealed record MacroStatement(string Name, KeyValuePair<string, Expression?>[] Parameters, Statement[] Body, SourcePosition Position)
    : Statement(Position);

/// <summary><c>filter name</c> … <c>endfilter</c>: the block's text, filtered.</summary>
internal sealed record FilterBlockStatement(FilterExpression Filter, Statement[] Body, SourcePosition Position) : Statement(Position);

/// <summary><c>generation</c> … <c>endgeneration</c>: transformers marks the assistant's text with it; the text passes through.</summary>
internal sealed record GenerationStatement(Statement[] Body, SourcePosition Position) : Statement(Position);

/// <summary>What an assignment or a loop binds.</summary>
internal abstract record AssignmentTarget(SourcePosition Position);

/// <summary>A variable.</summary>
internal sealed record NameTarget(string Name, SourcePosition Position) : AssignmentTarget(Position);

/// <summary>An attribute of a namespace.</summary>
internal sealed record NamespaceTarget(string Name, string Attribute, SourcePosition Position) : AssignmentTarget(Position);

/// <summary>Several targets that share out a sequence.</summary>
internal sealed record TupleTarget(AssignmentTarget[] Items, SourcePosition Position) : AssignmentTarget(Position);
