namespace Foxtrot.Inference.Engine;

/// <summary>How long a sequence holds a slot on average, the latest ones counting most.</summary>
/// <remarks>An exponentially weighted mean over ended sequences. One writer; <see cref="Mean"/> may be read by anyone.</remarks>
internal sealed class HoldTime(TimeProvider time)
{
    // A change is followed within some dozens of sequences, and a single odd one hardly matters.
    private const double Share = 1.0 / 16;

    private long _ticks = -1;

    /// <summary>The mean; zero until a sequence has ended.</summary>
    public TimeSpan Mean => TimeSpan.FromTicks(Math.Max(Volatile.Read(ref _ticks), 0));

    /// <summary>Counts a sequence that has ended.</summary>
    /// <param name="held">How long it held slots, in time stamps of the clock.</param>
    public void Add(long held)
    {
        var ticks = time.GetElapsedTime(0, held).Ticks;
        Volatile.Write(ref _ticks, _ticks < 0 ? ticks : _ticks + (long)((ticks - _ticks) * Share));
    }
}
