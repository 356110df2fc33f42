using Foxtrot.Inference.Tokenization;

namespace Foxtrot.Inference.Tests.Tokenization;

public sealed class CodePointRegexTests
{
    [Theory]
    [InlineData(@"\p{L}+", "a𝒜b", new[] { "a𝒜b" })]
    [InlineData(@"[^\s\p{L}]", "👋a", new[] { "👋" })]
    [InlineData(@"\p{N}{1,3}", "12345𝟘", new[] { "123", "45𝟘" })]
    [InlineData(@"[一-龥]+", "日本𠀀", new[] { "日本" })]
    [InlineData(@".", "👋\n", new[] { "👋" })]
    [InlineData(@"\w+", "क्षि‍_x", new[] { "क्षि", "_x" })]
    [InlineData(@"(?i:'s|k)", "'S 'ſ k K \u212A", new[] { "'S", "'ſ", "k", "K", "\u212A" })]
    [InlineData(@"[^\r\n\p{L}]?+\p{L}++", "-ab", new[] { "-ab" })]
    [InlineData(@"a++b|a", "aab aa", new[] { "aab", "a", "a" })]
    [InlineData(@"\x{3042}|\u3044|\x41", "あいA", new[] { "あ", "い", "A" })]
    public void Patterns_match_whole_code_points(string pattern, string text, string[] expected)
    {
        var matches = new List<Match>();
        new CodePointRegex(pattern).Find(text, new MatchList(matches, text.Length));
        Assert.Equal(expected, matches.Where(match => match.IsDelimiter).Select(match => text[match.Start..match.End]));
    }

    [Theory]
    [InlineData(@"\bword")]
    [InlineData(@"^a")]
    [InlineData(@"(?<name>a)")]
    [InlineData(@"(a)\1")]
    [InlineData(@"[[:alpha:]]")]
    [InlineData(@"[a&&b]")]
    [InlineData(@"(?i:é)")]
    [InlineData(@"(?i:\p{Lu})")]
    [InlineData(@"(?i:ss)")]
    [InlineData(@"a**")]
    [InlineData(@"a{,3}")]
    [InlineData("👋+")]
    [InlineData(@"\p{Script=Han}")]
    [InlineData(@"a)")]
    [InlineData(@"[a")]
    [InlineData(@"\")]
    [InlineData(@"\p{")]
    [InlineData(@"\x{")]
    [InlineData(@"(?")]
    [InlineData(@"a{")]
    public void Patterns_that_mean_something_else_here_are_refused(string pattern) =>
        Assert.Throws<FormatException>(() => new CodePointRegex(pattern));
}
