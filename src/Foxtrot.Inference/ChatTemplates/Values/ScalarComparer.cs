using System.Numerics;

namespace Foxtrot.Inference.ChatTemplates.Values;

/// <summary>Equality of the values that can be dict keys: 1, 1.0 and true are one key, as in Python.</summary>
internal sealed class ScalarComparer : IEqualityComparer<Value>
{
    public static readonly ScalarComparer Instance = new();

    private ScalarComparer()
    {
    }

    /// <summary>Whether a value can be a key.</summary>
    public static bool IsScalar(Value value) => value is StringValue or IntValue or FloatValue or BoolValue or NoneValue;

    public bool Equals(Value? x, Value? y) => x is not null && y is not null && ValueComparison.AreEqual(x, y);

    public int GetHashCode(Value obj) => obj switch
    {
        StringValue s => s.Text.GetHashCode(StringComparison.Ordinal),
        BoolValue b => BigInteger.One.GetHashCode() * (b.IsTruthy ? 1 : 0),
        IntValue i => HashOf(i.Number),
        FloatValue f => double.IsInteger(f.Number) ? HashOf(new BigInteger(f.Number)) : f.Number.GetHashCode(),
        _ => 0,
    };

    private static int HashOf(BigInteger number) =>
        number.IsZero ? 0 : number.IsOne ? BigInteger.One.GetHashCode() : number.GetHashCode();
}
