namespace Foxtrot.Sampling.History;

/// <summary>All tokens of one sequence, in order, and which of them were written by the model.</summary>
internal sealed class TokenHistory
{
    private int[] _tokens;
    private int _count;

    public TokenHistory(ReadOnlySpan<int> prompt, int maxOutput, bool countTokens)
    {
        _tokens = new int[Math.Max(16, prompt.Length + maxOutput)];
        Counts = countTokens ? new TokenCounts(prompt.Length + maxOutput) : null;
        AppendPrompt(prompt);
    }

    public TokenHistory(TokenHistory other)
    {
        _tokens = [.. other.Tokens];
        _count = other._count;
        OutputCount = other.OutputCount;
        TurnOutputCount = other.TurnOutputCount;
        Counts = other.Counts is { } counts ? new TokenCounts(counts) : null;
    }

    /// <summary>Prompt and output tokens together.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, _count);

    /// <summary>Tokens that the model has written, over all turns.</summary>
    public int OutputCount { get; private set; }

    /// <summary>Tokens that the model has written since text was last given to it.</summary>
    public int TurnOutputCount { get; private set; }

    /// <summary>Distinct tokens and their numbers; null where no stage asks for them.</summary>
    public TokenCounts? Counts { get; }

    /// <summary>Appends text given to the model.</summary>
    public void AppendPrompt(ReadOnlySpan<int> tokens)
    {
        Reserve(tokens.Length);
        tokens.CopyTo(_tokens.AsSpan(_count));
        _count += tokens.Length;
        TurnOutputCount = 0;
        if (Counts is not null)
        {
            foreach (int token in tokens)
            {
                Counts.Add(token, output: 0);
            }
        }
    }

    /// <summary>Appends a token that the model has written.</summary>
    public void AppendOutput(int token)
    {
        Reserve(1);
        _tokens[_count++] = token;
        OutputCount++;
        TurnOutputCount++;
        Counts?.Add(token, output: 1);
    }

    private void Reserve(int more)
    {
        if (_count + more > _tokens.Length)
        {
            Array.Resize(ref _tokens, Math.Max(_count + more, 2 * _tokens.Length));
        }
    }
}
