using System.Text;
using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Filters on the text of their input.</summary>
/// <remarks>Nothing is escaped automatically, so <c>safe</c> is <c>string</c> and <c>escape</c> gives plain text.</remarks>
internal static class TextFilters
{
    public static Value String(Value input, Arguments arguments, RenderState state)
    {
        arguments.Bind(state, 0);
        return state.Text(state.Str(input));
    }

    public static Value Upper(Value input, Arguments arguments, RenderState state) => Apply(input, arguments, state, PythonText.Upper);

    public static Value Lower(Value input, Arguments arguments, RenderState state) => Apply(input, arguments, state, PythonText.Lower);

    public static Value Capitalize(Value input, Arguments arguments, RenderState state) =>
        Apply(input, arguments, state, PythonText.Capitalize);

    public static Value Title(Value input, Arguments arguments, RenderState state) => Apply(input, arguments, state, TitleWords);

    public static Value Escape(Value input, Arguments arguments, RenderState state) => Apply(input, arguments, state, text => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal)
        .Replace("\"", "&#34;", StringComparison.Ordinal));

    public static Value Trim(Value input, Arguments arguments, RenderState state)
    {
        Value? characters = arguments.Bind(state, 0, "chars")[0];
        string? set = characters is null or NoneValue ? null : arguments.Text(characters, state);
        return state.Text(PythonText.Strip(state.Str(input), set, start: true, end: true));
    }

    public static Value Replace(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 2, "old", "new", "count");
        return StringMethods.Replace(
            state.Str(input), state.Str(values[0]!), state.Str(values[1]!), arguments.IntegerOr(values[2], -1, state), state);
    }

    public static Value Indent(Value input, Arguments arguments, RenderState state)
    {
        Value?[] values = arguments.Bind(state, 0, "width", "first", "blank");
        string text = state.Str(input);
        string indentation = values[0] is StringValue given
            ? given.Text
            : state.Spaces(arguments.IntegerOr(values[0], 4, state));
        bool blank = values[2]?.IsTruthy == true;
        state.ChargeValues(2L * text.AsSpan().Count('\n'));
        List<string> lines = PythonText.SplitLines(text + "\n");
        state.Charge((long)lines.Count * indentation.Length);
        var result = new StringBuilder(values[1]?.IsTruthy == true ? indentation : "");
        for (int i = 0; i < lines.Count; i++)
        {
            result.Append(i > 0 ? "\n" : "").Append(i > 0 && (blank || lines[i].Length > 0) ? indentation : "").Append(lines[i]);
        }

        return state.Text(result.ToString());
    }

    private static StringValue Apply(Value input, Arguments arguments, RenderState state, Func<string, string> change)
    {
        arguments.Bind(state, 0);
        return state.Text(change(state.Str(input)));
    }

    /// <summary>Jinja's title: words begin after white space, hyphens and opening brackets, unlike <c>str.title</c>.</summary>
    private static string TitleWords(string text)
    {
        var result = new StringBuilder(text.Length);
        bool starts = true;
        foreach (string c in PythonText.CodePoints(text))
        {
            result.Append(starts ? PythonText.Upper(c) : PythonText.Lower(c));
            starts = c[0] is '-' or '(' or '{' or '[' or '<' || PythonText.IsSpace(c[0]);
        }

        return result.ToString();
    }
}
