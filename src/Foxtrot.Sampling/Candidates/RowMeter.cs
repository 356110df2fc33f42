namespace Foxtrot.Sampling.Candidates;

/// <summary>What a row spends its time on.</summary>
internal enum RowPart
{
    /// <summary>Nothing that is measured.</summary>
    None,

    /// <summary>Stages that edit logits.</summary>
    Penalties,

    /// <summary>Stages that narrow the candidates, and the temperature.</summary>
    Truncate,

    /// <summary>The choice from the survivors.</summary>
    Draw,
}

/// <summary>One thread's measurements: the clock is read only where one part ends and another begins.</summary>
/// <remarks>Changes nothing of what is drawn. Belongs to the thread of its scratch while a batch runs.</remarks>
internal sealed class RowMeter(TimeProvider time)
{
    private readonly long[] _spent = new long[(int)RowPart.Draw + 1];
    private RowPart _part;
    private long _since;

    /// <summary>Whether the row at hand is to say how wide its distribution is.</summary>
    public bool WantsDistribution { get; set; }

    /// <summary>Entropy of the distribution, in nats; NaN when there is none.</summary>
    public double Entropy { get; private set; } = double.NaN;

    /// <summary>Tokens that it leaves possible.</summary>
    public int Candidates { get; private set; }

    /// <summary>Ends the part under way and begins another.</summary>
    public void Enter(RowPart part)
    {
        if (part == _part)
        {
            return;
        }

        var now = time.GetTimestamp();
        _spent[(int)_part] += now - _since;
        (_part, _since) = (part, now);
    }

    /// <summary>Notes a distribution.</summary>
    public void Note(double entropy, int candidates) => (Entropy, Candidates) = (entropy, candidates);

    /// <summary>What was measured since the last call.</summary>
    public BatchStatistics Take()
    {
        // A row that failed was left in the middle.
        _part = RowPart.None;
        BatchStatistics statistics = new(
            _spent[(int)RowPart.Penalties], _spent[(int)RowPart.Truncate], _spent[(int)RowPart.Draw], Entropy, Candidates);
        _spent.AsSpan().Clear();
        Note(double.NaN, 0);
        return statistics;
    }
}
