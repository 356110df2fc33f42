namespace Foxtrot.Cluster.Tenants;

/// <summary>A token bucket: holds one minute's worth, refills continuously, and may go into debt.</summary>
/// <remarks>
/// Source: J. Turner, "New directions in communications (or which way to the information age?)", IEEE Communications 24(10), 1986.
/// Pure; time is an argument, that of a clock which never steps. Not thread-safe.
/// </remarks>
internal sealed class TokenBucket
{
    private const double SecondsPerMinute = 60;

    private TimeSpan _at;

    /// <param name="perMinute">What it holds at most and gains each minute, at least 1.</param>
    /// <param name="level">What it begins with.</param>
    /// <param name="now">When it begins.</param>
    public TokenBucket(long perMinute, double level, TimeSpan now)
    {
        Capacity = perMinute;
        Level = level;
        _at = now;
    }

    /// <summary>What it holds at most, and gains each minute.</summary>
    public long Capacity { get; private set; }

    /// <summary>What it holds as of the last <see cref="Advance"/>; below 0 is debt.</summary>
    public double Level { get; private set; }

    /// <summary>What it gains each second.</summary>
    public double PerSecond => Capacity / SecondsPerMinute;

    /// <summary>Refills, as far as there is room.</summary>
    /// <param name="now">The time; one that lies before the last one counts as the last one.</param>
    /// <param name="outside">What others hold of the bucket's content: it takes room as if it were inside.</param>
    public void Advance(TimeSpan now, double outside)
    {
        var passed = (now - _at).TotalSeconds;
        if (passed <= 0)
        {
            return;
        }

        _at = now;
        Add(passed * PerSecond, outside);
    }

    /// <summary>Puts something back, as far as there is room.</summary>
    /// <inheritdoc cref="Advance"/>
    public void Add(double amount, double outside)
    {
        // What is in already stays, even where it is too much.
        Level = Math.Max(Level, Math.Min(Capacity - outside, Level + amount));
    }

    /// <summary>Takes something out, whether it is there or not.</summary>
    public void Take(double amount) => Level -= amount;

    /// <summary>Changes the limit; the bucket stays as full, or as deep in debt, in minutes of the limit.</summary>
    public void Resize(long perMinute)
    {
        Level *= (double)perMinute / Capacity;
        Capacity = perMinute;
    }
}
