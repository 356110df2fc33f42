namespace Foxtrot.Process.Tests.Streams;

/// <summary>Says where a stream differs from what it should have been.</summary>
internal static class RecordComparison
{
    /// <summary>The first line that differs, or why the stream broke; null when everything agrees.</summary>
    public static string? Difference(StreamRecord expected, StreamRecord actual)
    {
        if (actual.Broken is { } broken)
        {
            return $"{actual.Name} broke: {broken}";
        }

        var (left, right) = (expected.Content(), actual.Content());
        for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
        {
            var (a, b) = (left.ElementAtOrDefault(i), right.ElementAtOrDefault(i));
            if (a != b)
            {
                return $"{actual.Name} after {actual.Reconnections} reconnections, line {i}:{Environment.NewLine}  expected {a}{Environment.NewLine}  actual   {b}";
            }
        }

        return null;
    }

    /// <summary>Where a stream that was allowed to break had already said something else; null when it had not.</summary>
    public static string? PrefixDifference(StreamRecord expected, StreamRecord actual, int choices)
    {
        for (var index = 0; index < choices; index++)
        {
            var (whole, part) = (expected.Choice(index), actual.Choice(index));
            if (!whole.Tokens.Take(part.Tokens.Count).SequenceEqual(part.Tokens)
                || !whole.Details.Take(part.Details.Count).SequenceEqual(part.Details)
                || !whole.Text.ToString().StartsWith(part.Text.ToString(), StringComparison.Ordinal))
            {
                return $"{actual.Name}, choice {index}: what came before it broke is not how the stream begins.";
            }
        }

        return null;
    }
}
