using Foxtrot.Inference.ChatTemplates.Evaluation;
using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Builtins;

/// <summary>What a filter does with its input and arguments.</summary>
internal delegate Value FilterFunction(Value input, Arguments arguments, RenderState state);

/// <summary>The filters by name.</summary>
/// <remarks>Source: jinja2/filters.py (3.1); <c>tojson</c> is the one of transformers.</remarks>
internal static class FilterTable
{
    private static readonly Dictionary<string, FilterFunction> Functions = new(StringComparer.Ordinal)
    {
        ["abs"] = NumberFilters.Abs,
        ["capitalize"] = TextFilters.Capitalize,
        ["count"] = SequenceFilters.Length,
        ["d"] = SelectionFilters.Default,
        ["default"] = SelectionFilters.Default,
        ["dictsort"] = SortFilters.DictSort,
        ["e"] = TextFilters.Escape,
        ["escape"] = TextFilters.Escape,
        ["first"] = SequenceFilters.First,
        ["float"] = NumberFilters.Float,
        ["indent"] = TextFilters.Indent,
        ["int"] = NumberFilters.Int,
        ["items"] = SequenceFilters.Items,
        ["join"] = SequenceFilters.Join,
        ["last"] = SequenceFilters.Last,
        ["length"] = SequenceFilters.Length,
        ["list"] = SequenceFilters.List,
        ["lower"] = TextFilters.Lower,
        ["map"] = SelectionFilters.Map,
        ["max"] = SortFilters.Max,
        ["min"] = SortFilters.Min,
        ["reject"] = SelectionFilters.Reject,
        ["rejectattr"] = SelectionFilters.RejectAttr,
        ["replace"] = TextFilters.Replace,
        ["reverse"] = SequenceFilters.Reverse,
        ["round"] = NumberFilters.Round,
        ["safe"] = TextFilters.String,
        ["select"] = SelectionFilters.Select,
        ["selectattr"] = SelectionFilters.SelectAttr,
        ["sort"] = SortFilters.Sort,
        ["string"] = TextFilters.String,
        ["sum"] = NumberFilters.Sum,
        ["title"] = TextFilters.Title,
        ["tojson"] = JsonFilter.ToJson,
        ["trim"] = TextFilters.Trim,
        ["unique"] = SortFilters.Unique,
        ["upper"] = TextFilters.Upper,
    };

    /// <summary>The filter of a name; null where there is none.</summary>
    public static FilterFunction? Find(string name) => Functions.GetValueOrDefault(name);
}
