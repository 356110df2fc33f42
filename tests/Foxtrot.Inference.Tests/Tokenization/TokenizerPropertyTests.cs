using System.Text;
using CsCheck;
using Foxtrot.Inference.Tokenization;

namespace Foxtrot.Inference.Tests.Tokenization;

public sealed class TokenizerPropertyTests
{
    /// <summary>Any code points, with the troublesome ones more often.</summary>
    private static readonly Gen<string> AnyText = Gen.Frequency(
            (4, Gen.Int[0, 0x10FFFF].Where(Rune.IsValid).Select(point => new Rune(point).ToString())),
            (4, Gen.Char[' ', '~'].Select(c => c.ToString())),
            (3, Gen.OneOf(" ", "  ", "\n", "\r\n", "\t", "\0", "é", "e\u0301", "👋", "👩‍👩‍👧", "𝒜", "日本", "▁", "Ġ", "'s", "123", "\uFFFD", "the", "<|endoftext|>", "<s>")))
        .List[0, 30].Select(string.Concat);

    public static TheoryData<string> Styles => [.. Fixture.Styles];

    public static TheoryData<string> ByteLevelStyles => [.. Fixture.ByteLevelStyles];

    [Theory]
    [MemberData(nameof(ByteLevelStyles))]
    public void Byte_level_tokens_decode_to_the_very_text(string style)
    {
        var tokenizer = Fixture.Tokenizer(style);
        AnyText.Sample(text => tokenizer.Decode(tokenizer.Encode(text, addSpecialTokens: false), skipSpecialTokens: false) == text);
    }

    [Theory]
    [InlineData("llama2")]
    [InlineData("mistral")]
    public void With_byte_fallback_tokens_decode_to_the_text_save_that_the_sign_for_a_space_becomes_one(string style)
    {
        var tokenizer = Fixture.Tokenizer(style);
        AnyText.Where(text => !text.Contains("<s>", StringComparison.Ordinal)).Sample(text =>
        {
            // Mistral's Metaspace adds no sign where one stands already, so one leading space is lost to the decoder there.
            var expected = text.Replace('▁', ' ');
            if (style == "mistral" && expected.StartsWith(' '))
            {
                expected = expected[1..];
            }

            return tokenizer.Decode(tokenizer.Encode(text)) == expected;
        });
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void Streamed_text_equals_decoded_text_for_any_tokens(string style)
    {
        var tokenizer = Fixture.Tokenizer(style);
        Gen.Int[-1, tokenizer.VocabularySize].Array[0, 40].Select(Gen.Bool).Sample((tokens, skip) =>
        {
            var stream = tokenizer.CreateStream(skip);
            var text = string.Concat(tokens.Select(stream.Push)) + stream.Flush();
            return text == tokenizer.Decode(tokens, skip);
        });
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void Streamed_pieces_are_whole_characters(string style)
    {
        var tokenizer = Fixture.Tokenizer(style);
        AnyText.Sample(text =>
        {
            var stream = tokenizer.CreateStream();
            return tokenizer.Encode(text).Select(stream.Push).All(piece => Utf16.ReplaceLoneSurrogates(piece) == piece);
        });
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void Text_of_untrusted_people_never_becomes_a_special_token(string style)
    {
        var tokenizer = Fixture.Tokenizer(style);
        tokenizer.TryGetId("<unk>", out var unknown);
        var names = Enumerable.Range(0, tokenizer.VocabularySize).Where(tokenizer.IsSpecial).Select(tokenizer.TokenText).Append("x").ToArray();
        Gen.Select(AnyText, Gen.OneOf(names), AnyText).Sample((before, name, after) =>
            !tokenizer.Encode(before + name + after, addSpecialTokens: false, parseSpecial: false).Any(id => tokenizer.IsSpecial(id) && id != unknown));
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void A_lone_surrogate_is_read_as_the_replacement_character(string style)
    {
        var tokenizer = Fixture.Tokenizer(style);
        Assert.Equal(tokenizer.Encode("a\uFFFDb\uFFFD"), tokenizer.Encode("a\uD83Db\uDC4B"));
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public void One_tokenizer_serves_many_threads_at_once(string style)
    {
        var tokenizer = TokenizerLoader.Load(Fixture.Folder(style));
        Parallel.ForEach(Enumerable.Repeat(Fixture.Goldens(style), 8).SelectMany(golden => golden), golden =>
        {
            Assert.Equal(golden.Ids, tokenizer.Encode(golden.Text));
            Assert.Equal(golden.Decoded, tokenizer.Decode(golden.Ids));
        });
    }

    [Theory]
    [InlineData("[\"a b\"]", "false", "ab", new[] { 0, 1 })]
    [InlineData("[]", "true", "ab", new[] { 0, 1 })]
    [InlineData("[]", "false", "c", new[] { 3 })]
    public void Neither_merges_nor_whole_words_nor_characters_lead_untrusted_text_to_a_special_token(string merges, string ignoreMerges, string text, int[] ids)
    {
        var tokenizer = Fixture.Load(Fixture.Json(
            model: $$"""{ "type": "BPE", "unk_token": "?", "ignore_merges": {{ignoreMerges}}, "vocab": { "a": 0, "b": 1, "ab": 2, "?": 3, "c": 4 }, "merges": {{merges}} }""",
            added: """[{ "id": 2, "content": "ab", "special": true }, { "id": 4, "content": "c", "special": true }]"""));
        Assert.True(tokenizer.IsSpecial(Assert.Single(tokenizer.Encode(text))));
        Assert.Equal(ids, tokenizer.Encode(text, addSpecialTokens: true, parseSpecial: false));
    }

    [Fact]
    public void Special_tokens_in_text_are_parsed_unless_that_is_switched_off()
    {
        var tokenizer = Fixture.Tokenizer("llama3");
        tokenizer.TryGetId("<|eot_id|>", out var end);
        Assert.Contains(end, tokenizer.Encode("Hi<|eot_id|>"));
        var plain = tokenizer.Encode("Hi<|eot_id|>", addSpecialTokens: false, parseSpecial: false);
        Assert.DoesNotContain(end, plain);
        Assert.Equal("Hi<|eot_id|>", tokenizer.Decode(plain));
    }
}
