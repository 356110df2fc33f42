namespace Foxtrot.Inference.Tests.Tokenization;

public sealed class TokenTextTests
{
    [Theory]
    [InlineData("llama2", "▁the", " the")]
    [InlineData("llama2", "<0x0A>", "\n")]
    [InlineData("llama2", "<0xE5>", @"\xE5")]
    [InlineData("llama2", "<s>", "<s>")]
    [InlineData("gpt2", "Ġthe", " the")]
    [InlineData("gpt2", "Ċ", "\n")]
    [InlineData("gpt2", "ð", @"\xF0")]
    [InlineData("metaspace", "▁the", " the")]
    public void A_token_is_shown_as_its_own_text(string style, string name, string text)
    {
        var tokenizer = Fixture.Tokenizer(style);
        Assert.True(tokenizer.TryGetId(name, out var id));
        Assert.Equal(text, tokenizer.TokenText(id));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void An_id_without_a_token_has_no_text(int id)
    {
        var tokenizer = Fixture.Tokenizer("gpt2");
        Assert.Equal("", tokenizer.TokenText(id));
        Assert.Equal("", tokenizer.Decode([id]));
        Assert.False(tokenizer.IsSpecial(id));
        Assert.False(tokenizer.TryGetId("no such token", out var none));
        Assert.Equal(-1, none);
    }

    [Theory]
    [InlineData("gpt2", "👋", "\uFFFD")]
    [InlineData("llama2", "👋", "\uFFFD\uFFFD\uFFFD")]
    public void A_character_appears_with_its_last_byte_and_a_broken_one_as_replacement_at_the_end(string style, string text, string broken)
    {
        var tokenizer = Fixture.Tokenizer(style);
        tokenizer.TryGetId(style == "gpt2" ? "ð" : "<0xF0>", out var b0);
        tokenizer.TryGetId(style == "gpt2" ? "Ł" : "<0x9F>", out var b1);
        tokenizer.TryGetId(style == "gpt2" ? "ĳ" : "<0x91>", out var b2);
        tokenizer.TryGetId(style == "gpt2" ? "ĭ" : "<0x8B>", out var b3);
        var whole = tokenizer.CreateStream();
        Assert.Equal(["", "", "", text, ""], [whole.Push(b0), whole.Push(b1), whole.Push(b2), whole.Push(b3), whole.Flush()]);
        var part = tokenizer.CreateStream();
        Assert.Equal(["", "", "", broken], [part.Push(b0), part.Push(b1), part.Push(b2), part.Flush()]);
    }

    [Fact]
    public void Streaming_allocates_only_the_text_it_returns()
    {
        var tokenizer = Fixture.Tokenizer("gpt2");
        tokenizer.TryGetId("ð", out var lead);
        tokenizer.TryGetId("Ġthe", out var the);
        var stream = tokenizer.CreateStream();
        stream.Push(the);
        stream.Push(lead);
        var before = GC.GetAllocatedBytesForCurrentThread();
        stream.Push(0);
        var silent = GC.GetAllocatedBytesForCurrentThread() - before;
        var text = stream.Push(the);
        var spoken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, silent);
        Assert.Equal("\uFFFD the", text);
        Assert.InRange(spoken, 1, 48);
    }
}
