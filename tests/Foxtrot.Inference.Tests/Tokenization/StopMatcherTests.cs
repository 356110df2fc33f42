using CsCheck;
using Foxtrot.Inference.Tokenization;

namespace Foxtrot.Inference.Tests.Tokenization;

public sealed class StopMatcherTests
{
    [Fact]
    public void Text_ends_before_a_stop_string_that_comes_in_pieces()
    {
        var matcher = new StopMatcher(["</end>"]);
        Assert.Equal("Hi", matcher.Push("Hi<"));
        Assert.Equal("", matcher.Push("/en"));
        Assert.Equal("", matcher.Push("d> more"));
        Assert.Equal("</end>", matcher.Matched);
        Assert.Equal("", matcher.Push("and more"));
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void A_beginning_that_leads_nowhere_is_shown_after_all()
    {
        var matcher = new StopMatcher(["abcd"]);
        Assert.Equal("x", matcher.Push("xab"));
        Assert.Equal("ab", matcher.Push("ab"));
        Assert.Equal("abz", matcher.Push("z"));
        Assert.Null(matcher.Matched);
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void A_stop_string_is_shown_on_request()
    {
        var matcher = new StopMatcher(["."], includeStop: true);
        Assert.Equal("One.", matcher.Push("One. Two."));
    }

    [Fact]
    public void What_was_held_back_comes_at_the_end()
    {
        var matcher = new StopMatcher(["\n\n"]);
        Assert.Equal("a", matcher.Push("a\n"));
        Assert.Equal("\n", matcher.Flush());
    }

    [Fact]
    public void An_empty_stop_string_is_refused() =>
        Assert.Throws<ArgumentException>(() => new StopMatcher([""]));

    [Fact]
    public void Any_cutting_of_the_text_gives_what_a_plain_search_gives()
    {
        var letters = Gen.OneOf("a", "b", "👋", "👍").List[0, 30].Select(string.Concat);
        var stops = Gen.OneOf("a", "b", "👋", "👍").List[1, 4].Select(string.Concat).Array[0, 3];
        Gen.Select(letters, stops, Gen.Int[1, 5], Gen.Bool).Sample((text, stops, size, include) =>
        {
            var matcher = new StopMatcher(stops, include);
            var shown = "";
            for (var i = 0; i < text.Length; i += size)
            {
                shown += matcher.Push(text.Substring(i, Math.Min(size, text.Length - i)));
            }

            shown += matcher.Flush();
            var (end, stop) = FirstComplete(text, stops);
            var expected = stop is null ? text : text[..(include ? end : end - stop.Length)];
            Assert.Equal(stop, matcher.Matched);
            Assert.Equal(expected, shown);
        });
    }

    /// <summary>The earliest end of any stop string and, there, the longest.</summary>
    private static (int End, string? Stop) FirstComplete(string text, string[] stops)
    {
        for (var end = 1; end <= text.Length; end++)
        {
            var found = stops.Where(stop => text.AsSpan(0, end).EndsWith(stop, StringComparison.Ordinal)).MaxBy(stop => stop.Length);
            if (found is not null)
            {
                return (end, found);
            }
        }

        return (text.Length, null);
    }
}
