namespace Foxtrot.Inference.Engine;

/// <summary>A tenant inside the engine: its counter, its queue, its slots.</summary>
/// <remarks>Written by the engine's thread alone; <see cref="Read"/> may be called by any.</remarks>
internal sealed class TenantState(string name)
{
    private long _service;
    private double _weighted;
    private double _weight = 1;
    private double _counter;
    private int _running;
    private int _waiting;
    private long _lastActive;
    private long _generated;
    private long _computed;
    private long _recomputed;

    /// <summary>The tenant's name.</summary>
    public string Name { get; } = name;

    /// <summary>Its waiting sequences.</summary>
    public SequenceQueue Queue { get; } = new();

    /// <summary>Service received here and elsewhere, divided by weight, lifted when it came back from idle: who has least is next.</summary>
    public double Counter
    {
        get => _counter;
        set => Volatile.Write(ref _counter, value);
    }

    /// <summary>Its place among the active tenants, or −1.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Its share relative to others.</summary>
    public double Weight
    {
        get => _weight;
        set => Volatile.Write(ref _weight, value);
    }

    /// <summary>Sequences with a slot.</summary>
    public int Running
    {
        get => _running;
        set => Volatile.Write(ref _running, value);
    }

    /// <summary>Charges service.</summary>
    public void Serve(int cost)
    {
        var weighted = cost / _weight;
        Counter += weighted;
        Volatile.Write(ref _weighted, _weighted + weighted);
        Volatile.Write(ref _service, _service + cost);
    }

    /// <summary>Counts a chosen token.</summary>
    public void CountGenerated() => Volatile.Write(ref _generated, _generated + 1);

    /// <summary>Counts tokens that were fed.</summary>
    /// <param name="computed">Prompt, for the first time.</param>
    /// <param name="recomputed">Anything, again.</param>
    public void CountFed(int computed, int recomputed)
    {
        Volatile.Write(ref _computed, _computed + computed);
        Volatile.Write(ref _recomputed, _recomputed + recomputed);
    }

    /// <summary>Whether it has no sequence and has been served no more than a counter; callable from any thread.</summary>
    public bool IsIdle(double counter) =>
        Volatile.Read(ref _running) + Volatile.Read(ref _waiting) == 0 && Volatile.Read(ref _counter) <= counter;

    /// <summary>Notes how long its queue is, for readers.</summary>
    public void CountWaiting() => Volatile.Write(ref _waiting, Queue.Count);

    /// <summary>Notes that it has no sequence any more.</summary>
    public void Rest(long now) => Volatile.Write(ref _lastActive, now);

    /// <summary>What it has got and has; callable from any thread.</summary>
    /// <param name="now">The time for one that is active.</param>
    public TenantService Read(long now)
    {
        var running = Volatile.Read(ref _running);
        var waiting = Volatile.Read(ref _waiting);
        return new TenantService(
            Name,
            Volatile.Read(ref _service),
            Volatile.Read(ref _weighted),
            Volatile.Read(ref _weight),
            running,
            waiting,
            running + waiting > 0 ? now : Volatile.Read(ref _lastActive),
            Volatile.Read(ref _generated),
            Volatile.Read(ref _computed),
            Volatile.Read(ref _recomputed));
    }
}
