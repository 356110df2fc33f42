using System.Numerics;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <summary>Slices, <c>x[start:stop:step]</c>, of strings, lists and tuples; those of other values are undefined.</summary>
internal static class Slices
{
    public static Value Take(Value target, Value? start, Value? stop, Value? step, RenderState state)
    {
        int stride = Part(step, state) is { } s ? Clamp(s) : 1;
        if (stride == 0)
        {
            throw state.Error("a slice's step is zero.");
        }

        switch (target)
        {
            case StringValue { Text: var text }:
                if (stride == 1)
                {
                    return Part(text, start, stop, state);
                }

                state.ChargeValues(2L * text.Length);
                List<string> points = [.. PythonText.CodePoints(text)];
                return state.Text(string.Concat(Indices(points.Count, start, stop, stride, state).Select(i => points[i])));
            case SequenceValue { IsIndexed: true } sequence:
                SequenceKind kind = sequence.Kind == SequenceKind.Range ? SequenceKind.List : sequence.Kind;
                return state.Sequence(kind, [.. Indices(sequence.Items.Count, start, stop, stride, state).Select(i => sequence.Items[i])]);
            case UndefinedValue:
                throw state.Undefined(target);
            default:
                return new UndefinedValue($"a value of type '{target.TypeName}' cannot be sliced");
        }
    }

    private static StringValue Part(string text, Value? start, Value? stop, RenderState state)
    {
        state.Charge(text.Length);
        int count = PythonText.Length(text);
        int first = Bound(Part(start, state), 0, count, 1);
        int end = Math.Max(first, Bound(Part(stop, state), count, count, 1));
        return state.Text(text[PythonText.Utf16Index(text, first)..PythonText.Utf16Index(text, end)]);
    }

    /// <summary>The indices a slice takes of a run of some length.</summary>
    private static IEnumerable<int> Indices(int count, Value? start, Value? stop, int step, RenderState state)
    {
        int first = Bound(Part(start, state), step > 0 ? 0 : count - 1, count, step);
        int end = Bound(Part(stop, state), step > 0 ? count : -1, count, step);
        return Walk(first, end, step);
    }

    private static IEnumerable<int> Walk(int first, int end, int step)
    {
        for (long i = first; step > 0 ? i < end : i > end; i += step)
        {
            yield return (int)i;
        }
    }

    private static int Bound(BigInteger? part, int absent, int count, int step)
    {
        if (part is not { } value)
        {
            return absent;
        }

        value = value.Sign < 0 ? value + count : value;
        int least = step > 0 ? 0 : -1;
        return (int)BigInteger.Max(least, BigInteger.Min(value, count + least));
    }

    private static BigInteger? Part(Value? part, RenderState state) => part is null or NoneValue
        ? null
        : part is UndefinedValue ? throw state.Undefined(part)
        : ValueComparison.AsInteger(part) ?? throw state.Error($"a slice needs integers, not a value of type '{part.TypeName}'.");

    private static int Clamp(BigInteger value) => (int)BigInteger.Max(int.MinValue, BigInteger.Min(value, int.MaxValue));
}
