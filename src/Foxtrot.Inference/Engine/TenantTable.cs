using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Foxtrot.Inference.Engine;

/// <summary>Everybody whom an engine has served: who is active, and where the counters stand.</summary>
/// <remarks>
/// Source: Virtual Token Counter, Sheng et al., OSDI 2024. A tenant that comes back from idle is lifted to the least counter among
/// the active ones, or where the last one left: time that it did not use is no credit. A tenant that is ahead stays ahead.
/// Changed by the engine's thread alone; reading is thread-safe.
/// </remarks>
/// <param name="debtBound">How far service elsewhere may set a tenant back, in service of weight 1.</param>
/// <param name="time">The engine's clock.</param>
internal sealed class TenantTable(double debtBound, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TenantState> _all = new(StringComparer.Ordinal);
    private readonly List<TenantState> _active = [];
    private double _floor;
    private double _activeWeight;
    private double _least;

    /// <summary>Tenants with sequences, waiting or running, in the order in which they came.</summary>
    public IReadOnlyList<TenantState> Active => _active;

    /// <summary>Waiting sequences of all tenants.</summary>
    public int Waiting { get; private set; }

    /// <summary>Sum of the weights of the active tenants; thread-safe.</summary>
    public double ActiveWeight => Volatile.Read(ref _activeWeight);

    /// <summary>What everybody has got and has; thread-safe.</summary>
    public TenantService[] Read()
    {
        var now = time.GetTimestamp();
        var services = new List<TenantService>(_all.Count);
        foreach (var (_, tenant) in _all)
        {
            services.Add(tenant.Read(now));
        }

        return [.. services];
    }

    /// <summary>What one tenant has got and has; thread-safe.</summary>
    public bool TryRead(string name, [NotNullWhen(true)] out TenantService? service)
    {
        service = _all.TryGetValue(name, out var tenant) ? tenant.Read(time.GetTimestamp()) : null;
        return service is not null;
    }

    /// <summary>Whether a tenant would be served before all that are active now: it has nothing here and is not ahead; thread-safe.</summary>
    public bool IsNewcomer(string name) => !_all.TryGetValue(name, out var tenant) || tenant.IsIdle(Volatile.Read(ref _least));

    /// <summary>Tells those who ask for newcomers where the active tenants stand.</summary>
    public void Publish() => Volatile.Write(ref _least, Floor(null));

    /// <summary>Takes a new sequence into its tenant's queue.</summary>
    public void Add(Sequence sequence)
    {
        var request = sequence.Generation.Request;
        var tenant = _all.GetOrAdd(request.Tenant, static name => new TenantState(name));
        sequence.Tenant = tenant;
        if (tenant.Index < 0)
        {
            tenant.Counter = Math.Max(tenant.Counter, Floor(null));
            tenant.Weight = request.Weight;
            tenant.Index = _active.Count;
            _active.Add(tenant);
            SumWeights();
        }
        else if (!tenant.Weight.Equals(request.Weight))
        {
            tenant.Weight = request.Weight;
            SumWeights();
        }

        tenant.Queue.Add(sequence);
        CountWaiting(tenant, 1);
    }

    /// <summary>Takes the sequence whose turn it is out of a tenant's queue, and charges its admission.</summary>
    public Sequence Admit(TenantState tenant)
    {
        var sequence = tenant.Queue.First!;
        tenant.Queue.Remove(sequence);
        CountWaiting(tenant, -1);
        tenant.Running++;
        tenant.Serve(sequence.Charge);
        return sequence;
    }

    /// <summary>Puts a sequence that has lost its slot back to where it came from.</summary>
    public void Return(Sequence sequence)
    {
        sequence.Tenant.Running--;
        sequence.Tenant.Queue.AddFirst(sequence);
        CountWaiting(sequence.Tenant, 1);
    }

    /// <summary>Forgets a sequence that has ended.</summary>
    /// <param name="sequence">Waiting or running.</param>
    /// <param name="hadSlot">Which.</param>
    public void Remove(Sequence sequence, bool hadSlot)
    {
        var tenant = sequence.Tenant;
        if (hadSlot)
        {
            tenant.Running--;
        }
        else
        {
            tenant.Queue.Remove(sequence);
            CountWaiting(tenant, -1);
        }

        if (tenant.Running == 0 && tenant.Queue.Count == 0)
        {
            Rest(tenant);
        }
    }

    /// <summary>Adds service that a tenant received elsewhere.</summary>
    /// <remarks>It sets the tenant back by a bounded amount only, so that no sequence waits for ever: others are served that much first.</remarks>
    /// <param name="name">The tenant.</param>
    /// <param name="weighted">Service divided by weight.</param>
    public void AddService(string name, double weighted)
    {
        var tenant = _all.GetOrAdd(name, static n => new TenantState(n));
        var most = Floor(tenant) + (debtBound / tenant.Weight);
        tenant.Counter = Math.Max(tenant.Counter, Math.Min(tenant.Counter + weighted, most));
    }

    private void Rest(TenantState tenant)
    {
        // The others keep their order: among equals the one that has been here for longest is first.
        _active.RemoveAt(tenant.Index);
        for (var i = tenant.Index; i < _active.Count; i++)
        {
            _active[i].Index = i;
        }

        tenant.Index = -1;
        tenant.Rest(time.GetTimestamp());
        if (_active.Count == 0)
        {
            _floor = Math.Max(_floor, tenant.Counter);
        }

        SumWeights();
    }

    // The least counter among the active tenants but one; where the last one left when there are none.
    private double Floor(TenantState? except)
    {
        var least = double.PositiveInfinity;
        foreach (var tenant in _active)
        {
            if (tenant != except)
            {
                least = Math.Min(least, tenant.Counter);
            }
        }

        return double.IsPositiveInfinity(least) ? Math.Max(_floor, except is { Index: >= 0 } ? except.Counter : 0) : least;
    }

    private void CountWaiting(TenantState tenant, int change)
    {
        Waiting += change;
        tenant.CountWaiting();
    }

    private void SumWeights()
    {
        double sum = 0;
        foreach (var tenant in _active)
        {
            sum += tenant.Weight;
        }

        Volatile.Write(ref _activeWeight, sum);
    }
}
