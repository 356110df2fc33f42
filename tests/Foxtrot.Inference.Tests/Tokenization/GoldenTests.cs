namespace Foxtrot.Inference.Tests.Tokenization;

/// <summary>Oracle: Hugging Face tokenizers 0.22.2 (see <see cref="Fixture"/>).</summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Styles => [.. Fixture.Styles];

    [Theory]
    [MemberData(nameof(Styles))]
    public void Token_ids_equal_those_of_Hugging_Face(string style)
    {
        var tokenizer = Fixture.Tokenizer(style);
        foreach (var golden in Fixture.Goldens(style))
        {
            Assert.Equal(golden.Ids, tokenizer.Encode(golden.Text));
            Assert.Equal(golden.Plain, tokenizer.Encode(golden.Text, addSpecialTokens: false));
        }
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void Decoded_text_equals_that_of_Hugging_Face(string style)
    {
        var tokenizer = Fixture.Tokenizer(style);
        foreach (var golden in Fixture.Goldens(style))
        {
            Assert.Equal(golden.Decoded, tokenizer.Decode(golden.Ids));
            Assert.Equal(golden.DecodedWithSpecial, tokenizer.Decode(golden.Ids, skipSpecialTokens: false));
        }
    }
}
