using System.Text;
using Foxtrot.Inference.Tokenization;

namespace Foxtrot.Inference.Tests.Tokenization;

/// <summary>Expected values from Unicode Standard Annex #15 and the conformance file NormalizationTest.txt.</summary>
public sealed class UnicodeNormalizationTests
{
    [Theory]
    [InlineData("e\u0301", "é", "e\u0301", "é", "e\u0301")]
    [InlineData("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("\uAC01", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\u0344", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301")]
    [InlineData("a\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0315b", "a\u05AE\u0300\u0315b", "\u00E0\u05AE\u0315b", "a\u05AE\u0300\u0315b")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("plain ASCII", "plain ASCII", "plain ASCII", "plain ASCII", "plain ASCII")]
    public void The_four_forms_are_those_of_the_standard(string source, string nfc, string nfd, string nfkc, string nfkd)
    {
        Assert.Equal(nfc, UnicodeNormalization.Normalize(source, NormalizationForm.FormC));
        Assert.Equal(nfd, UnicodeNormalization.Normalize(source, NormalizationForm.FormD));
        Assert.Equal(nfkc, UnicodeNormalization.Normalize(source, NormalizationForm.FormKC));
        Assert.Equal(nfkd, UnicodeNormalization.Normalize(source, NormalizationForm.FormKD));
    }
}
