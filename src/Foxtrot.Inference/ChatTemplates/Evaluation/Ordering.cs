using Foxtrot.Inference.ChatTemplates.Values;

namespace Foxtrot.Inference.ChatTemplates.Evaluation;

/// <summary>The operators <c>&lt; &lt;= &gt; &gt;=</c>.</summary>
internal static class Ordering
{
    public static bool Holds(string comparison, Value left, Value right, RenderState state)
    {
        // Not-a-number is neither below nor above anything, and that is no error.
        if (left is FloatValue { Number: double.NaN } && ValueComparison.IsNumber(right)
            || right is FloatValue { Number: double.NaN } && ValueComparison.IsNumber(left))
        {
            return false;
        }

        int sign = state.Compare(left, right, comparison);
        return comparison switch
        {
            "<" => sign < 0,
            "<=" => sign <= 0,
            ">" => sign > 0,
            _ => sign >= 0,
        };
    }
}
