using Foxtrot.Inference.ChatTemplates.Syntax;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <summary>A macro: called with arguments, it gives the text of its body.</summary>
/// <param name="definition">The macro.</param>
/// <param name="enclosing">Where it was defined; its variables are visible inside.</param>
internal sealed class MacroValue(MacroStatement definition, Scope enclosing) : CallableValue
{
    public string Name => definition.Name;

    public override string TypeName => "macro";

    public override Value Invoke(Arguments arguments, Interpreter interpreter)
    {
        var names = new string[definition.Parameters.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = definition.Parameters[i].Key;
        }

        Value?[] values = arguments.Bind(interpreter.State, required: 0, names);
        var scope = new Scope(enclosing);
        for (int i = 0; i < names.Length; i++)
        {
            Expression? defaultValue = definition.Parameters[i].Value;
            scope.Set(names[i], values[i] ?? (defaultValue is null
                ? new UndefinedValue($"the argument '{names[i]}' of '{Name}' was not given")
                : interpreter.Evaluate(defaultValue, scope)));
        }

        return interpreter.Capture(definition.Body, scope);
    }
}
