namespace Foxtrot.Sampling;

/// <summary>Raw log-probabilities at one draw: the log-softmax of the untouched logits, natural logarithm.</summary>
/// <remarks>Owned by a <see cref="RowSampler"/> and overwritten at its next draw; copy what must outlive it.</remarks>
public sealed class TokenLogprobs
{
    private readonly int[] _tokens;
    private readonly double[] _values;

    internal TokenLogprobs(int top)
    {
        _tokens = new int[top];
        _values = new double[top];
    }

    /// <summary>The chosen token's log-probability.</summary>
    public double Chosen { get; internal set; } = double.NaN;

    /// <summary>The most probable tokens, most probable first, lower ids first on a tie.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>The log-probabilities beside <see cref="Tokens"/>.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    internal int Top => _tokens.Length;

    internal int Count { get; set; }

    internal double LogTotal { get; set; }

    internal void Set(int index, int token, double value)
    {
        _tokens[index] = token;
        _values[index] = value;
    }
}
