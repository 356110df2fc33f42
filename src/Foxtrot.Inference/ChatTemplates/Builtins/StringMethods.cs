using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>Python's string methods.</summary>
internal static partial class StringMethods
{
    private static readonly Dictionary<string, Func<string, Arguments, RenderState, Value>> Methods = new(StringComparer.Ordinal)
    {
        ["capitalize"] = Plain(PythonText.Capitalize),
        ["count"] = Count,
        ["endswith"] = (text, a, s) => HasAffix(text, a, s, (part, affix) => part.EndsWith(affix, StringComparison.Ordinal)),
        ["find"] = (text, a, s) => new IntValue(Find(text, a, s, last: false)),
        ["index"] = (text, a, s) => Require(Find(text, a, s, last: false), s),
        ["isalnum"] = Is(c => char.IsLetterOrDigit(c, 0)),
        ["isalpha"] = Is(c => char.IsLetter(c, 0)),
        ["isdigit"] = Is(c => char.IsDigit(c, 0)),
        ["islower"] = (text, a, s) => BoolValue.Of(a.Bind(s, 0).Length == 0 && HasCase(text, upper: false)),
        ["isspace"] = Is(c => PythonText.IsSpace(c[0])),
        ["isupper"] = (text, a, s) => BoolValue.Of(a.Bind(s, 0).Length == 0 && HasCase(text, upper: true)),
        ["join"] = Join,
        ["lower"] = Plain(PythonText.Lower),
        ["lstrip"] = (text, a, s) => Strip(text, a, s, start: true, end: false),
        ["partition"] = (text, a, s) => Partition(text, a, s, last: false),
        ["removeprefix"] = (text, a, s) => RemoveAffix(text, a, s, prefix: true),
        ["removesuffix"] = (text, a, s) => RemoveAffix(text, a, s, prefix: false),
        ["replace"] = Replace,
        ["rfind"] = (text, a, s) => new IntValue(Find(text, a, s, last: true)),
        ["rindex"] = (text, a, s) => Require(Find(text, a, s, last: true), s),
        ["rpartition"] = (text, a, s) => Partition(text, a, s, last: true),
        ["rsplit"] = (text, a, s) => Split(text, a, s, fromEnd: true),
        ["rstrip"] = (text, a, s) => Strip(text, a, s, start: false, end: true),
        ["split"] = (text, a, s) => Split(text, a, s, fromEnd: false),
        ["splitlines"] = SplitLines,
        ["startswith"] = (text, a, s) => HasAffix(text, a, s, (part, affix) => part.StartsWith(affix, StringComparison.Ordinal)),
        ["strip"] = (text, a, s) => Strip(text, a, s, start: true, end: true),
        ["title"] = Plain(PythonText.Title),
        ["upper"] = Plain(PythonText.Upper),
    };

    /// <summary>The method of a name, bound to a string; null where Python's strings have none of that name.</summary>
    public static Value? Find(StringValue text, string name, RenderState state)
    {
        if (Methods.TryGetValue(name, out Func<string, Arguments, RenderState, Value>? method))
        {
            return new NativeFunction(name, (arguments, s) =>
            {
                s.Charge(text.Text.Length);
                return method(text.Text, arguments, s);
            });
        }

        return name is "casefold" or "center" or "encode" or "expandtabs" or "format" or "format_map" or "isascii" or "isdecimal"
            or "isidentifier" or "isnumeric" or "isprintable" or "istitle" or "ljust" or "maketrans" or "rjust" or "swapcase"
            or "translate" or "zfill"
            ? throw state.Unsupported("the string method", name)
            : null;
    }

    /// <summary>Whether a text has letters of one case and none of the other.</summary>
    public static bool HasCase(string text, bool upper) =>
        (upper ? PythonText.Upper(text) : PythonText.Lower(text)) == text && PythonText.CodePoints(text).Any(PythonText.IsCased);

    private static Func<string, Arguments, RenderState, Value> Plain(Func<string, string> change) => (text, arguments, state) =>
    {
        arguments.Bind(state, 0);
        return state.Text(change(text));
    };

    private static Func<string, Arguments, RenderState, Value> Is(Func<string, bool> holds) => (text, arguments, state) =>
    {
        arguments.Bind(state, 0);
        return BoolValue.Of(text.Length > 0 && PythonText.CodePoints(text).All(holds));
    };

    private static StringValue Strip(string text, Arguments arguments, RenderState state, bool start, bool end)
    {
        Value? characters = arguments.Bind(state, 0, "chars")[0];
        string? set = characters is null or NoneValue ? null : arguments.Text(characters, state);
        return state.Text(PythonText.Strip(text, set, start, end));
    }

    private static StringValue RemoveAffix(string text, Arguments arguments, RenderState state, bool prefix)
    {
        string affix = arguments.Text(arguments.Bind(state, 1, "affix")[0]!, state);
        bool found = prefix ? text.StartsWith(affix, StringComparison.Ordinal) : text.EndsWith(affix, StringComparison.Ordinal);
        return state.Text(!found ? text : prefix ? text[affix.Length..] : text[..^affix.Length]);
    }
}
