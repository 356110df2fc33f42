namespace Foxtrot.Cluster.Tests.Tenants;

/// <summary>A clock that a test moves: time passes, and the wall clock may step without any passing.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _passed;
    private long _wall = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Passed => TimeSpan.FromTicks(Volatile.Read(ref _passed));

    public override long GetTimestamp() => Volatile.Read(ref _passed);

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _wall), TimeSpan.Zero);

    public void Pass(TimeSpan time)
    {
        Interlocked.Add(ref _passed, time.Ticks);
        Interlocked.Add(ref _wall, time.Ticks);
    }

    public void StepWallClock(TimeSpan step) => Interlocked.Add(ref _wall, step.Ticks);
}
