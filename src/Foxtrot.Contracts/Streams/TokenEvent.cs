namespace Foxtrot.Contracts.Streams;

/// <summary>One output token on its way to a reader.</summary>
/// <param name="Stream">The reader's number for the stream.</param>
/// <param name="Index">Which output token of the session, from 0, counted over all its turns.</param>
/// <param name="Token">Its id.</param>
/// <param name="Text">Text that became safe to show with it; often empty.</param>
/// <param name="Probability">Its probability after all stages.</param>
/// <param name="U">The number drawn; NaN when none was.</param>
/// <param name="Detail">Log-probabilities; null unless asked for.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.token")]
public readonly record struct TokenEvent(
    [property: Id(0)] long Stream,
    [property: Id(1)] int Index,
    [property: Id(2)] int Token,
    [property: Id(3)] string Text,
    [property: Id(4)] double Probability,
    [property: Id(5)] double U,
    [property: Id(6)] TokenDetail? Detail);

/// <summary>Log-probabilities of one output token, before any sampling stage.</summary>
/// <param name="LogProbability">Natural log of the token's probability.</param>
/// <param name="TokenText">The token's own text; bytes that are not UTF-8 as <c>\xNN</c>.</param>
/// <param name="Top">The most probable tokens, most probable first.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.token_detail")]
public sealed record TokenDetail(
    [property: Id(0)] double LogProbability,
    [property: Id(1)] string TokenText,
    [property: Id(2)] TopToken[] Top);

/// <summary>One of the most probable tokens.</summary>
/// <param name="Token">Its id.</param>
/// <param name="Text">Its own text.</param>
/// <param name="LogProbability">Natural log of its probability before any sampling stage.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.top_token")]
public readonly record struct TopToken([property: Id(0)] int Token, [property: Id(1)] string Text, [property: Id(2)] double LogProbability);
