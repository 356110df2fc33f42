using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <summary>Variables by name, with those of the enclosing scope behind them. Loops, macros and blocks open one; <c>if</c> does not.</summary>
internal sealed class Scope(Scope? parent)
{
    private Dictionary<string, Value>? _variables;

    /// <summary>The variable's value, here or further out; null where there is none.</summary>
    public Value? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._variables?.GetValueOrDefault(name) is { } value)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Sets the variable here; one of the same name further out is untouched.</summary>
    public void Set(string name, Value value) => (_variables ??= new(StringComparer.Ordinal))[name] = value;

    private Scope? Parent => parent;
}
