using Foxtrot.Inference.Engine;

namespace Foxtrot.Inference.Tests.Engine;

public sealed class TokenLogTests
{
    private static readonly TokenLog Conversation = TokenLog.FromPrompt([1, 2, 3])
        .Append(TokenSource.Generated, [4, 5])
        .Append(TokenSource.Prompt, [6])
        .Append(TokenSource.Generated, [7]);

    [Fact]
    public void Tokens_keep_their_order_and_source()
    {
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], Conversation.Tokens.ToArray());
        TokenSource[] expected = [TokenSource.Prompt, TokenSource.Prompt, TokenSource.Prompt, TokenSource.Generated, TokenSource.Generated, TokenSource.Prompt, TokenSource.Generated];
        Assert.Equal(expected, Enumerable.Range(0, 7).Select(Conversation.SourceAt));
    }

    [Fact]
    public void What_comes_behind_a_log_will_be_generated() =>
        Assert.Equal(TokenSource.Generated, Conversation.SourceAt(7));

    [Fact]
    public void A_prompt_run_ends_where_generated_tokens_begin() =>
        Assert.Equal([3, 2, 1, 0, 0, 1, 0, 0], Enumerable.Range(0, 8).Select(Conversation.PromptRunFrom));

    [Fact]
    public void Neighbouring_stretches_of_one_source_are_one_run() =>
        Assert.Equal(4, TokenLog.FromPrompt([1, 2]).Append(TokenSource.Prompt, [3, 4]).PromptRunFrom(0));

    [Fact]
    public void The_current_turn_starts_behind_the_last_prompt_token()
    {
        Assert.Equal(6, Conversation.TurnStart);
        Assert.Equal(2, TokenLog.FromPrompt([1, 2]).TurnStart);
        Assert.Equal(0, TokenLog.Empty.TurnStart);
    }

    [Fact]
    public void Appending_nothing_changes_nothing() =>
        Assert.Same(Conversation, Conversation.Append(TokenSource.Prompt, []));
}
