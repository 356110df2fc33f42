using System.Diagnostics;

namespace Foxtrot.Bench;

/// <summary>Durations of single calls, in stopwatch ticks. Adding one allocates nothing while there is room.</summary>
internal sealed class CallTimes(int capacity)
{
    /// <summary>What two readings of the clock with nothing between them differ by; taken off every duration.</summary>
    private static readonly long ClockTicks = MeasureClock();

    private long[] _ticks = new long[capacity];

    /// <summary>Calls added.</summary>
    public int Count { get; private set; }

    /// <summary>Makes room for so many more calls.</summary>
    public void EnsureRoom(int calls)
    {
        if (Count + calls > _ticks.Length)
        {
            Array.Resize(ref _ticks, Math.Max(Count + calls, 2 * _ticks.Length));
        }
    }

    /// <summary>Adds one duration.</summary>
    public void Add(long ticks) => _ticks[Count++] = Math.Max(0, ticks - ClockTicks);

    /// <summary>Adds all durations of another.</summary>
    public void Add(CallTimes other)
    {
        EnsureRoom(other.Count);
        other._ticks.AsSpan(0, other.Count).CopyTo(_ticks.AsSpan(Count));
        Count += other.Count;
    }

    /// <summary>Forgets all durations; keeps the room.</summary>
    public void Clear() => Count = 0;

    /// <summary>The duration that a share of calls, from 0 to 1, does not exceed.</summary>
    public double MicrosecondsAt(double share)
    {
        var sorted = _ticks.AsSpan(0, Count).ToArray();
        Array.Sort(sorted);
        var rank = Math.Clamp((int)Math.Ceiling(share * Count) - 1, 0, Count - 1);
        return sorted[rank] * 1e6 / Stopwatch.Frequency;
    }

    private static long MeasureClock()
    {
        var least = long.MaxValue;
        for (var i = 0; i < 10_000; i++)
        {
            var began = Stopwatch.GetTimestamp();
            least = Math.Min(least, Stopwatch.GetTimestamp() - began);
        }

        return least;
    }
}
