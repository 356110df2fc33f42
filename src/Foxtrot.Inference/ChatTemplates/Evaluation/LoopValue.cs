using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <summary>The variable <c>loop</c> inside a <c>for</c>.</summary>
/// <param name="items">What the loop runs over, filtered.</param>
internal sealed class LoopValue(IReadOnlyList<Value> items) : Value
{
    private Value[]? _lastChanged;

    /// <summary>The current iteration, from 0.</summary>
    public int Index0 { get; set; }

    public override string TypeName => "LoopContext";

    /// <summary>An attribute; null where loops have none of that name.</summary>
    public Value? Attribute(string name) => name switch
    {
        "index" => new IntValue(Index0 + 1),
        "index0" => new IntValue(Index0),
        "revindex" => new IntValue(items.Count - Index0),
        "revindex0" => new IntValue(items.Count - Index0 - 1),
        "first" => BoolValue.Of(Index0 == 0),
        "last" => BoolValue.Of(Index0 == items.Count - 1),
        "length" => new IntValue(items.Count),
        "depth" => new IntValue(1),
        "depth0" => new IntValue(0),
        "previtem" => Index0 > 0 ? items[Index0 - 1] : new UndefinedValue("there is no previous item"),
        "nextitem" => Index0 + 1 < items.Count ? items[Index0 + 1] : new UndefinedValue("there is no next item"),
        "cycle" => new NativeFunction("cycle", Cycle),
        "changed" => new NativeFunction("changed", Changed),
        _ => null,
    };

    private Value Cycle(Arguments arguments, RenderState state) => arguments.Positional.Length > 0
        ? arguments.Positional[Index0 % arguments.Positional.Length]
        : throw state.Error("'cycle' needs at least one argument.");

    private BoolValue Changed(Arguments arguments, RenderState state)
    {
        Value[]? last = _lastChanged;
        _lastChanged = arguments.Positional;
        return BoolValue.Of(last is null
            || last.Length != arguments.Positional.Length
            || last.Zip(arguments.Positional).Any(pair => !state.AreEqual(pair.First, pair.Second)));
    }
}
