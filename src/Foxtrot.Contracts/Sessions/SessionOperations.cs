namespace Foxtrot.Contracts.Sessions;

/// <summary>Goes on with a session whose last turn has ended.</summary>
[GenerateSerializer, Immutable, Alias("foxtrot.continue")]
public sealed record ContinueRequest
{
    /// <summary>Further output tokens at most, at least 1; null is whatever the context has room for.</summary>
    [Id(0)]
    public int? MaxTokens { get; init; }

    /// <summary>New text (or tokens, or messages) for the model to read first; null goes on where the output stopped.</summary>
    [Id(1)]
    public Prompt? Prompt { get; init; }

    /// <summary>Parameters to change from here on; null for none.</summary>
    [Id(2)]
    public SamplingSettings? Sampling { get; init; }

    /// <summary>Other stop strings; null keeps them.</summary>
    [Id(3)]
    public string[]? Stop { get; init; }

    /// <summary>Another precedence among the tenant's waiting sequences; null keeps it.</summary>
    [Id(4)]
    public int? Priority { get; init; }

    /// <summary>Tokens that whoever makes the request has taken from the tenant's tokens per minute; the session settles them when the turn ends.</summary>
    [Id(5)]
    public long Reserved { get; init; }
}

/// <summary>Makes another session that shares the first output tokens of this one.</summary>
[GenerateSerializer, Immutable, Alias("foxtrot.fork")]
public sealed record ForkRequest
{
    /// <summary>The new session's name.</summary>
    [Id(0)]
    public required string Session { get; init; }

    /// <summary>How many output tokens to share; 0 to all of them.</summary>
    [Id(1)]
    public required int At { get; init; }

    /// <summary>Another seed; null keeps it.</summary>
    [Id(2)]
    public ulong? Seed { get; init; }

    /// <summary>Parameters to change; null for none.</summary>
    [Id(3)]
    public SamplingSettings? Sampling { get; init; }

    /// <summary>The first token after the shared ones, prescribed; null lets it be drawn.</summary>
    [Id(4)]
    public int? Token { get; init; }

    /// <summary>Output tokens of the turn at most, shared ones included; null keeps the parent's maximum.</summary>
    [Id(5)]
    public int? MaxTokens { get; init; }

    /// <summary>Tokens that whoever makes the request has taken from the tenant's tokens per minute; the session settles them when the turn ends.</summary>
    [Id(6)]
    public long Reserved { get; init; }
}

/// <summary>What the same step would have chosen under other parameters or seeds.</summary>
[GenerateSerializer, Immutable, Alias("foxtrot.resample")]
public sealed record ResampleRequest
{
    /// <summary>Which output token, from 0.</summary>
    [Id(0)]
    public required int At { get; init; }

    /// <summary>Parameters to change; null for none.</summary>
    [Id(1)]
    public SamplingSettings? Sampling { get; init; }

    /// <summary>How many seeds to draw with, 1 to 10,000: the session's own, then the numbers after it.</summary>
    [Id(2)]
    public required int Draws { get; init; }

    /// <summary>Another first seed; null is the session's.</summary>
    [Id(3)]
    public ulong? Seed { get; init; }
}

/// <summary>How often each token was chosen.</summary>
/// <param name="At">Which output token.</param>
/// <param name="Draws">How many draws there were.</param>
/// <param name="Tokens">Every token that was chosen, most often first.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.resample_view")]
public sealed record ResampleView([property: Id(0)] int At, [property: Id(1)] int Draws, [property: Id(2)] ResampledToken[] Tokens);

/// <summary>A token and how often it was chosen.</summary>
/// <param name="Token">Its id.</param>
/// <param name="Text">Its own text.</param>
/// <param name="Count">How often.</param>
/// <param name="Original">Whether it is the token that the session has there.</param>
[GenerateSerializer, Immutable, Alias("foxtrot.resampled_token")]
public sealed record ResampledToken([property: Id(0)] int Token, [property: Id(1)] string Text, [property: Id(2)] int Count, [property: Id(3)] bool Original);
