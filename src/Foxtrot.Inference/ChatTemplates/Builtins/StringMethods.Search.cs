using System.Text;
using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <content>Finding and replacing.</content>
internal static partial class StringMethods
{
    /// <summary>The text with every occurrence, or the first ones, replaced.</summary>
    /// <param name="text">The text.</param>
    /// <param name="old">What goes; the empty text stands before every code point and at the end.</param>
    /// <param name="replacement">What comes instead.</param>
    /// <param name="count">How many at most; negative for all.</param>
    /// <param name="state">Pays for the result.</param>
    public static StringValue Replace(string text, string old, string replacement, int count, RenderState state)
    {
        var result = new StringBuilder();
        int from = 0;
        int left = count < 0 ? int.MaxValue : count;
        for (int at = 0; left > 0 && at <= text.Length; left--)
        {
            int found = old.Length > 0 ? text.IndexOf(old, at, StringComparison.Ordinal) : at;
            if (found < 0)
            {
                break;
            }

            state.Charge(replacement.Length + 1);
            result.Append(text, from, found - from).Append(replacement);
            from = found + old.Length;
            at = old.Length > 0 ? from : from + PythonText.Utf16Index(text[from..Math.Min(text.Length, from + 2)], 1);
            if (old.Length == 0 && from == text.Length)
            {
                break;
            }
        }

        return state.Text(result.Append(text, from, text.Length - from).ToString());
    }

    private static StringValue Replace(string text, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 2, "old", "new", "count");
        return Replace(
            text, arguments.Text(values[0]!, state), arguments.Text(values[1]!, state), arguments.IntegerOr(values[2], -1, state), state);
    }

    private static int Find(string text, Arguments arguments, RenderState state, bool last)
    {
        (Value sub, int start, string part) = Range(text, arguments, state, "sub");
        string wanted = arguments.Text(sub, state);
        if (start < 0)
        {
            return -1;
        }

        int found = last ? LastIndexOf(part, wanted) : part.IndexOf(wanted, StringComparison.Ordinal);
        return found < 0 ? -1 : start + PythonText.Length(part[..found]);
    }

    private static IntValue Count(string text, Arguments arguments, RenderState state)
    {
        (Value sub, int start, string part) = Range(text, arguments, state, "sub");
        string wanted = arguments.Text(sub, state);
        if (start < 0)
        {
            return new IntValue(0);
        }

        if (wanted.Length == 0)
        {
            return new IntValue(PythonText.Length(part) + 1);
        }

        int count = 0;
        for (int at = part.IndexOf(wanted, StringComparison.Ordinal); at >= 0; at = part.IndexOf(wanted, at + wanted.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return new IntValue(count);
    }

    private static BoolValue HasAffix(string text, Arguments arguments, RenderState state, Func<string, string, bool> holds)
    {
        (Value affix, int start, string part) = Range(text, arguments, state, "affix");
        if (affix is SequenceValue { Kind: SequenceKind.Tuple } affixes)
        {
            return BoolValue.Of(affixes.Items.Any(item => start >= 0 && holds(part, arguments.Text(item, state))));
        }

        string wanted = arguments.Text(affix, state);
        return BoolValue.Of(start >= 0 && holds(part, wanted));
    }

    private static IntValue Require(int index, RenderState state) =>
        index >= 0 ? new IntValue(index) : throw state.Error("the substring was not found.");

    private static int LastIndexOf(string text, string wanted) =>
        wanted.Length == 0 ? text.Length : text.LastIndexOf(wanted, StringComparison.Ordinal);

    /// <summary>The first argument, and the part of the text that the optional start and end leave; start is −1 where that is no part.</summary>
    private static (Value First, int Start, string Part) Range(string text, Arguments arguments, RenderState state, string name)
    {
        Value?[] values = arguments.Bind(state, 1, name, "start", "end");
        if (values[1] is null && values[2] is null)
        {
            return (values[0]!, 0, text);
        }

        int length = PythonText.Length(text);
        int start = Resolve(arguments.IntegerOr(values[1], 0, state), length);
        int end = Math.Min(Resolve(arguments.IntegerOr(values[2], length, state), length), length);
        return start > length || start > end
            ? (values[0]!, -1, "")
            : (values[0]!, start, text[PythonText.Utf16Index(text, start)..PythonText.Utf16Index(text, end)]);
    }

    private static int Resolve(int index, int length) => index < 0 ? Math.Max(0, index + length) : index;
}
