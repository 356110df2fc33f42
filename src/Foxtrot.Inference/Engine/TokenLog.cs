namespace Foxtrot.Inference.Engine;

/// <summary>Who wrote a stretch of a sequence's tokens.</summary>
public enum TokenSource
{
    /// <summary>Given from outside: fed in runs.</summary>
    Prompt,

    /// <summary>Chosen by the sampler: fed one at a time, also when replayed.</summary>
    Generated,
}

/// <summary>
/// The tokens of a sequence and who wrote each. A sequence's bits are a pure function of its log, because the source of a
/// token decides the kernel that computes it.
/// </summary>
/// <remarks>
/// Immutable. Neighbouring stretches of one source are one stretch. Prompt is fed in runs, at even widths, with
/// a dummy token behind a run of an odd length; where the runs are cut changes nothing. The last generated token before a new prompt stretch is fed alone, like every generated token.
/// </remarks>
public sealed class TokenLog
{
    private readonly int[] _tokens;
    private readonly (int Start, TokenSource Source)[] _stretches;

    private TokenLog(int[] tokens, (int Start, TokenSource Source)[] stretches)
    {
        _tokens = tokens;
        _stretches = stretches;
    }

    /// <summary>No tokens.</summary>
    public static TokenLog Empty { get; } = new([], []);

    /// <summary>Number of tokens.</summary>
    public int Count => _tokens.Length;

    /// <summary>All tokens.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>
    /// Index behind the last prompt token: what follows was generated in the current turn and is replayed.
    /// </summary>
    public int TurnStart => _stretches is [.., (var start, TokenSource.Generated)] ? start : Count;

    /// <summary>A log that starts with a prompt.</summary>
    public static TokenLog FromPrompt(ReadOnlySpan<int> tokens) => Empty.Append(TokenSource.Prompt, tokens);

    /// <summary>This log with more tokens behind it.</summary>
    public TokenLog Append(TokenSource source, ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty)
        {
            return this;
        }

        var sameSource = _stretches.Length > 0 && _stretches[^1].Source == source;
        return new TokenLog([.. _tokens, .. tokens], sameSource ? _stretches : [.. _stretches, (Count, source)]);
    }

    /// <summary>Who wrote the token at an index; what comes behind the log will be generated.</summary>
    public TokenSource SourceAt(int index)
    {
        for (var i = _stretches.Length - 1; i >= 0 && index < Count; i--)
        {
            if (_stretches[i].Start <= index)
            {
                return _stretches[i].Source;
            }
        }

        return TokenSource.Generated;
    }

    /// <summary>Tokens from an index to the end of its prompt stretch; 0 when the token there is not prompt.</summary>
    public int PromptRunFrom(int index)
    {
        if (SourceAt(index) != TokenSource.Prompt)
        {
            return 0;
        }

        foreach (var (start, _) in _stretches)
        {
            if (start > index)
            {
                return start - index;
            }
        }

        return Count - index;
    }
}
