namespace Foxtrot.Inference.Batching;

/// <summary>
/// When the forward pass under way is worth being stopped for a newcomer, and how much time may be lost to that: a stopped pass is
/// done again from the start, with the same bits.
/// </summary>
/// <remarks>
/// Passes that are done earn a share of their time; what a stopped pass had taken is paid from that. In any stretch of time no more
/// than the share of it, and of <paramref name="memory"/>, is therefore lost. Pure: times are arguments, in one unit. One thread at a
/// time.
/// </remarks>
/// <param name="share">Share of the time that may be lost, 0 to 1; 0 for no stops.</param>
/// <param name="memory">How long unused earnings are kept for: they never exceed the share of this.</param>
/// <param name="least">A pass that is expected to end sooner than this is left alone.</param>
public sealed class InterruptionBudget(double share, long memory, long least)
{
    /// <summary>A pass with less than this share still to do is left alone: little would be gained for what is lost.</summary>
    public const double LeastRemaining = 0.5;

    private double _earned;

    /// <summary>Counts a pass that was done.</summary>
    /// <param name="elapsed">How long it took.</param>
    public void Earn(long elapsed) => _earned = Math.Min(_earned + (share * elapsed), share * memory);

    /// <summary>Pays for stopping a pass, if that is worth it and was earned.</summary>
    /// <param name="elapsed">Since the pass began; lost when it is stopped.</param>
    /// <param name="expected">How long it is expected to take in all; 0 when that is not known.</param>
    /// <returns>Whether to stop it.</returns>
    public bool TrySpend(long elapsed, long expected)
    {
        var remaining = expected - elapsed;
        if (remaining < least || remaining < LeastRemaining * expected || elapsed > _earned)
        {
            return false;
        }

        _earned -= elapsed;
        return true;
    }
}
