using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <content>Splitting and joining.</content>
internal static partial class StringMethods
{
    private static StringValue Join(string text, Arguments arguments, RenderState state)
    {
        IReadOnlyList<Value> items = state.Iterate(arguments.Bind(state, 1, "iterable")[0]!);
        state.Charge((long)items.Count * text.Length);
        return state.Text(string.Join(text, items.Select(item => arguments.Text(item, state))));
    }

    private static SequenceValue SplitLines(string text, Arguments arguments, RenderState state)
    {
        if (arguments.Bind(state, 0, "keepends")[0]?.IsTruthy == true)
        {
            throw state.Unsupported("the argument of 'splitlines'", "keepends");
        }

        state.ChargeValues(text.Length);
        return Texts(PythonText.SplitLines(text), SequenceKind.List, state);
    }

    private static SequenceValue Partition(string text, Arguments arguments, RenderState state, bool last)
    {
        string separator = Separator(arguments.Bind(state, 1, "sep")[0]!, arguments, state);
        int at = last ? LastIndexOf(text, separator) : text.IndexOf(separator, StringComparison.Ordinal);
        string[] parts = at >= 0 ? [text[..at], separator, text[(at + separator.Length)..]]
            : last ? ["", "", text]
            : [text, "", ""];
        return Texts(parts, SequenceKind.Tuple, state);
    }

    private static SequenceValue Split(string text, Arguments arguments, RenderState state, bool fromEnd)
    {
        Value?[] values = arguments.Bind(state, 0, "sep", "maxsplit");
        int most = arguments.IntegerOr(values[1], -1, state);
        most = most < 0 ? int.MaxValue : most;
        if (values[0] is null or NoneValue)
        {
            state.ChargeValues(text.Length);
            return Texts(fromEnd ? WordsFromEnd(text, most) : Words(text, most), SequenceKind.List, state);
        }

        string separator = Separator(values[0]!, arguments, state);
        state.ChargeValues(2L * text.AsSpan().Count(separator));
        return Texts(fromEnd ? PartsFromEnd(text, separator, most) : Parts(text, separator, most), SequenceKind.List, state);
    }

    private static string Separator(Value value, Arguments arguments, RenderState state) =>
        arguments.Text(value, state) is { Length: > 0 } separator ? separator : throw state.Error("the separator is empty.");

    private static List<string> Parts(string text, string separator, int most)
    {
        var parts = new List<string>();
        int from = 0;
        for (int at = Next(0); at >= 0 && parts.Count < most; at = Next(from))
        {
            parts.Add(text[from..at]);
            from = at + separator.Length;
        }

        parts.Add(text[from..]);
        return parts;

        int Next(int start) => text.IndexOf(separator, start, StringComparison.Ordinal);
    }

    private static List<string> PartsFromEnd(string text, string separator, int most)
    {
        var parts = new List<string>();
        string rest = text;
        for (int at = LastIndexOf(rest, separator); at >= 0 && parts.Count < most; at = LastIndexOf(rest, separator))
        {
            parts.Add(rest[(at + separator.Length)..]);
            rest = rest[..at];
        }

        parts.Add(rest);
        parts.Reverse();
        return parts;
    }

    private static List<string> Words(string text, int most)
    {
        var words = new List<string>();
        string rest = PythonText.Strip(text, null, start: true, end: false);
        while (rest.Length > 0)
        {
            int end = 0;
            while (end < rest.Length && (words.Count == most || !PythonText.IsSpace(rest[end])))
            {
                end++;
            }

            words.Add(rest[..end]);
            rest = PythonText.Strip(rest[end..], null, start: true, end: false);
        }

        return words;
    }

    private static List<string> WordsFromEnd(string text, int most)
    {
        var words = new List<string>();
        string rest = PythonText.Strip(text, null, start: false, end: true);
        while (rest.Length > 0)
        {
            int start = rest.Length;
            while (start > 0 && (words.Count == most || !PythonText.IsSpace(rest[start - 1])))
            {
                start--;
            }

            words.Add(rest[start..]);
            rest = PythonText.Strip(rest[..start], null, start: false, end: true);
        }

        words.Reverse();
        return words;
    }

    private static SequenceValue Texts(IReadOnlyList<string> parts, SequenceKind kind, RenderState state) =>
        state.Sequence(kind, [.. parts.Select(part => state.Text(part))]);
}
