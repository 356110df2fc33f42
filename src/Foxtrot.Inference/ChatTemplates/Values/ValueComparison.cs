using System.Numerics;

namespace Foxtrot.Inference.ChatTemplates.Values;

/// <summary>Python's equality and order. The caller pays for the values' weight beforehand.</summary>
internal static class ValueComparison
{
    /// <summary>Whether two values are equal; values of different kinds are not, numbers and truth values apart.</summary>
    public static bool AreEqual(Value left, Value right)
    {
        switch (left, right)
        {
            case (StringValue a, StringValue b):
                return string.Equals(a.Text, b.Text, StringComparison.Ordinal);
            case (UndefinedValue, UndefinedValue):
                return true;
            case (SequenceValue { IsIndexed: true } a, SequenceValue b) when a.Kind == b.Kind:
                return a.Items.Count == b.Items.Count && !a.Items.Where((item, i) => !AreEqual(item, b.Items[i])).Any();
            case (DictValue a, DictValue b):
                return a.Count == b.Count && a.Items.All(e => b.Get(e.Key) is { } other && AreEqual(e.Value, other));
            default:
                return ReferenceEquals(left, right) || CompareNumbers(left, right) == 0;
        }
    }

    /// <summary>The sign of left minus right, or null where Python has no order for them (not-a-number included).</summary>
    public static int? Compare(Value left, Value right)
    {
        switch (left, right)
        {
            case (StringValue a, StringValue b):
                return CompareCodePoints(a.Text, b.Text);
            case (SequenceValue { Kind: SequenceKind.List or SequenceKind.Tuple } a, SequenceValue b) when a.Kind == b.Kind:
                for (int i = 0; i < Math.Min(a.Items.Count, b.Items.Count); i++)
                {
                    if (!AreEqual(a.Items[i], b.Items[i]))
                    {
                        return Compare(a.Items[i], b.Items[i]);
                    }
                }

                return a.Items.Count.CompareTo(b.Items.Count);
            default:
                return CompareNumbers(left, right);
        }
    }

    /// <summary>Whether a value is a number or a truth value, which counts as one.</summary>
    public static bool IsNumber(Value value) => value is IntValue or FloatValue or BoolValue;

    /// <summary>An integer's or a truth value's number; null for others.</summary>
    public static BigInteger? AsInteger(Value value) => value switch
    {
        IntValue i => i.Number,
        BoolValue b => b.IsTruthy ? BigInteger.One : BigInteger.Zero,
        _ => null,
    };

    private static int? CompareNumbers(Value left, Value right)
    {
        if (AsInteger(left) is { } a)
        {
            return AsInteger(right) is { } b ? a.CompareTo(b) : right is FloatValue r ? -CompareMixed(r.Number, a) : null;
        }

        if (left is not FloatValue f)
        {
            return null;
        }

        return AsInteger(right) is { } integer ? CompareMixed(f.Number, integer)
            : right is FloatValue g && !double.IsNaN(f.Number) && !double.IsNaN(g.Number) ? f.Number.CompareTo(g.Number)
            : null;
    }

    private static int? CompareMixed(double left, BigInteger right)
    {
        if (!double.IsFinite(left))
        {
            return double.IsNaN(left) ? null : Math.Sign(left);
        }

        // Compared exactly: rounding the integer to a double could make unequal numbers equal.
        int whole = new BigInteger(Math.Floor(left)).CompareTo(right);
        return whole == 0 && !double.IsInteger(left) ? 1 : whole;
    }

    private static int CompareCodePoints(string left, string right)
    {
        int i = left.AsSpan().CommonPrefixLength(right);
        if (i == left.Length || i == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        // Surrogates stand for code points above every other UTF-16 unit.
        bool leftHigh = char.IsSurrogate(left[i]);
        return leftHigh == char.IsSurrogate(right[i]) ? left[i].CompareTo(right[i]) : leftHigh ? 1 : -1;
    }
}
