namespace Foxtrot.Inference.ChatTemplates.Values;

/// <summary>A mapping that keeps its order. Keys are strings, numbers, truth values and none, equal as in Python.</summary>
internal sealed class DictValue : Value
{
    private readonly OrderedDictionary<Value, Value> _items;

    /// <param name="items">Its entries, compared by <see cref="ScalarComparer"/>; owned by this value and not changed any more.</param>
    public DictValue(OrderedDictionary<Value, Value> items)
    {
        _items = items;
        long weight = BaseWeight;
        int depth = 0;
        foreach ((Value key, Value value) in items)
        {
            weight = Math.Min(weight + key.Weight + value.Weight, long.MaxValue / 4);
            depth = Math.Max(depth, value.Depth);
        }

        Weight = weight;
        Depth = depth + 1;
    }

    public override string TypeName => "dict";

    public override bool IsTruthy => _items.Count > 0;

    public override long Weight { get; }

    public override int Depth { get; }

    public int Count => _items.Count;

    /// <summary>The entries in order.</summary>
    public IReadOnlyList<KeyValuePair<Value, Value>> Items => _items;

    /// <summary>The value of a key; null where there is none.</summary>
    public Value? Get(Value key) => ScalarComparer.IsScalar(key) ? _items.GetValueOrDefault(key) : null;

    /// <summary>The value of a string key; null where there is none.</summary>
    public Value? Get(string key) => _items.GetValueOrDefault(new StringValue(key));

    /// <summary>An empty set of entries to fill.</summary>
    public static OrderedDictionary<Value, Value> NewItems() => new(ScalarComparer.Instance);
}
