namespace Foxtrot.Cluster.Telemetry;

/// <summary>Tokens per second over the last ten seconds.</summary>
/// <remarks>Counts into one bucket per second. Thread-safe; allocates nothing.</remarks>
internal sealed class TokenRate(TimeProvider time)
{
    /// <summary>Seconds that are looked back.</summary>
    public const int Window = 10;

    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[Window + 1];
    private readonly long _start = time.GetTimestamp();
    private long _second;

    /// <summary>Counts tokens.</summary>
    public void Add(int tokens)
    {
        lock (_lock)
        {
            Advance();
            _counts[_second % _counts.Length] += tokens;
        }
    }

    /// <summary>The rate: of the last ten seconds that are over, or of those since the start while they are fewer.</summary>
    public double Read()
    {
        lock (_lock)
        {
            Advance();
            long sum = 0;
            for (var i = 0; i < _counts.Length; i++)
            {
                sum += i == _second % _counts.Length ? 0 : _counts[i];
            }

            return (double)sum / Math.Clamp(_second, 1, Window);
        }
    }

    private void Advance()
    {
        var now = (long)time.GetElapsedTime(_start).TotalSeconds;
        if (now - _second >= _counts.Length)
        {
            _counts.AsSpan().Clear();
            _second = now;
        }

        while (_second < now)
        {
            _counts[++_second % _counts.Length] = 0;
        }
    }
}
