using Foxtrot.Inference.ChatTemplates.Evaluation;

namespace Foxtrot.Inference.ChatTemplates.Values;

/// <summary>The result of <c>namespace()</c>: attributes that <c>set</c> may change, also from inside a loop.</summary>
internal sealed class NamespaceValue : Value
{
    public Dictionary<string, Value> Attributes { get; } = new(StringComparer.Ordinal);

    public override string TypeName => "Namespace";
}

/// <summary>Something that can be called.</summary>
internal abstract class CallableValue : Value
{
    public abstract Value Invoke(Arguments arguments, Interpreter interpreter);
}

/// <summary>A built-in function, or a method bound to its value.</summary>
/// <param name="name">How error messages call it.</param>
/// <param name="call">What it does.</param>
internal sealed class NativeFunction(string name, Func<Arguments, RenderState, Value> call) : CallableValue
{
    public string Name => name;

    public override string TypeName => "function";

    public override Value Invoke(Arguments arguments, Interpreter interpreter) => call(arguments, interpreter.State);
}
