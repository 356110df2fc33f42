using System.Diagnostics;

namespace Foxtrot.Inference.Tests.Tokenization;

public sealed class TokenizerSpeedTests
{
    public static TheoryData<string> Styles => [.. Fixture.Styles];

    /// <summary>Linear work takes well under a second here, quadratic work minutes; the bound leaves room for a busy machine.</summary>
    [Theory]
    [MemberData(nameof(Styles))]
    public void A_word_of_100_KB_takes_no_quadratic_time(string style)
    {
        var tokenizer = Fixture.Tokenizer(style);
        string[] words = [string.Concat(Enumerable.Range(0, 100_000).Select(i => (char)('a' + i * 7919 % 26))), new('x', 100_000), new(' ', 100_000), new('▁', 100_000), new('é', 100_000), new('!', 100_000), string.Concat(Enumerable.Repeat("ax1. ", 20_000))];
        var clock = Stopwatch.StartNew();
        foreach (var word in words)
        {
            tokenizer.Encode(word);
        }

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }
}
