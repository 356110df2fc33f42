namespace Foxtrot.Inference.ChatTemplates.Values;

/// <summary>A value of the template language. Immutable, except for namespaces; never wraps an arbitrary .NET object.</summary>
internal abstract class Value
{
    /// <summary>Python's name of the type, for error messages.</summary>
    public abstract string TypeName { get; }

    /// <summary>What the value counts as in a condition.</summary>
    public virtual bool IsTruthy => true;

    /// <summary>What one value costs in units of work beside its characters: making or visiting it takes about as long.</summary>
    public const int BaseWeight = 16;

    /// <summary>How much walking the value costs: its characters and values, nested ones included; saturates.</summary>
    public virtual long Weight => BaseWeight;

    /// <summary>How many levels of containers it holds; bounds every recursion over values.</summary>
    public virtual int Depth => 0;
}
