namespace Foxtrot.Inference.ChatTemplates.Values;

/// <summary>A value of the template language. Immutable, except for namespaces; never wraps an arbitrary .NET object.</summary>
internal abstract class Value
{
    /// <summary>Python's name of the type, for error messages.</summary>
    public abstract string TypeName { get; }

    /// <summary>What the value counts as in a condition.</summary>
    public virtual bool IsTruthy => true;

    /// <summary>How much walking the value costs: its characters and elements, nested ones included; saturates.</summary>
    public virtual long Weight => 1;

    /// <summary>How many levels of containers it holds; bounds every recursion over values.</summary>
    public virtual int Depth => 0;
}
