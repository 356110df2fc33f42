namespace Foxtrot.Contracts.Sessions;

/// <summary>Tokens that a session has cost its owner. Tokens computed again after a failure count once.</summary>
/// <param name="PromptTokens">Given tokens, over all turns.</param>
/// <param name="CompletionTokens">Generated tokens, delivered or not.</param>
/// <param name="CachedTokens">Prompt tokens that needed no computing.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.usage")]
public sealed record Usage([property: Id(0)] int PromptTokens, [property: Id(1)] int CompletionTokens, [property: Id(2)] int CachedTokens = 0)
{
    /// <summary>Nothing.</summary>
    public static Usage None { get; } = new(0, 0);
}
