namespace Foxtrot.Inference.ChatTemplates.Values;

/// <summary>Which of Python's iterables a <see cref="SequenceValue"/> stands for.</summary>
internal enum SequenceKind
{
    /// <summary>A list.</summary>
    List,

    /// <summary>A tuple.</summary>
    Tuple,

    /// <summary>The result of <c>range</c>.</summary>
    Range,

    /// <summary>The result of a dict's <c>keys</c>, <c>values</c> or <c>items</c>: has a length, but no indices.</summary>
    View,

    /// <summary>What filters such as <c>map</c> and <c>select</c> give: true whatever it holds, without a length, read once.</summary>
    Generator,
}

/// <summary>An ordered run of values.</summary>
internal sealed class SequenceValue : Value
{
    private IReadOnlyList<Value> _items;

    /// <param name="kind">What it stands for.</param>
    /// <param name="items">Its elements; owned by this value from here on, and not changed any more.</param>
    public SequenceValue(SequenceKind kind, IReadOnlyList<Value> items)
    {
        Kind = kind;
        _items = items;
        long weight = BaseWeight;
        int depth = 0;
        foreach (Value item in items)
        {
            weight = Math.Min(weight + item.Weight, long.MaxValue / 4);
            depth = Math.Max(depth, item.Depth);
        }

        Weight = weight;
        Depth = depth + 1;
    }

    public SequenceKind Kind { get; }

    /// <summary>The elements; those of a generator stay to be read.</summary>
    public IReadOnlyList<Value> Items => _items;

    public override string TypeName => Kind switch
    {
        SequenceKind.List => "list",
        SequenceKind.Tuple => "tuple",
        SequenceKind.Range => "range",
        SequenceKind.View => "dict view",
        _ => "generator",
    };

    public override bool IsTruthy => Kind == SequenceKind.Generator || _items.Count > 0;

    public override long Weight { get; }

    public override int Depth { get; }

    /// <summary>Whether elements have indices.</summary>
    public bool IsIndexed => Kind is SequenceKind.List or SequenceKind.Tuple or SequenceKind.Range;

    /// <summary>The elements, to be walked: a generator is empty afterwards.</summary>
    public IReadOnlyList<Value> Read()
    {
        IReadOnlyList<Value> items = _items;
        if (Kind == SequenceKind.Generator)
        {
            _items = [];
        }

        return items;
    }
}
