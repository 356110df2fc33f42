namespace Foxtrot.Contracts.Sessions;

/// <summary>What to continue: exactly one of text, tokens and messages.</summary>
/// <remarks>Fields are only ever added; they are stored.</remarks>
[GenerateSerializer, Immutable, Alias("foxtrot.prompt")]
public sealed record Prompt
{
    /// <summary>Plain text, encoded as the model's tokenizer does.</summary>
    [Id(0)]
    public string? Text { get; init; }

    /// <summary>Token ids, taken as they are.</summary>
    [Id(1)]
    public int[]? Tokens { get; init; }

    /// <summary>A conversation, rendered with the model's chat template.</summary>
    [Id(2)]
    public ChatTurn[]? Messages { get; init; }

    /// <summary>Not what it says: what is logged must not show what users wrote.</summary>
    public override string ToString() => nameof(Prompt);
}

/// <summary>One message of a conversation.</summary>
/// <param name="Role">system, developer, user, assistant or tool.</param>
/// <param name="Content">What is said.</param>
/// <param name="Name">Who says it, where the template cares; null for nobody in particular.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.chat_turn")]
public sealed record ChatTurn([property: Id(0)] string Role, [property: Id(1)] string Content, [property: Id(2)] string? Name = null);
