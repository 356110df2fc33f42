namespace Foxtrot.Cluster.Workers;

/// <summary>
/// Service that tenants received from one model on other silos, as far as this silo's engine has counted it. With it counters of
/// different workers converge: who is served on one of them yields on the others.
/// </summary>
/// <remarks>
/// Reports carry totals, so that none is counted twice and a lost one is made up by the next. Of what is new, an engine counts one
/// part in as many as there are workers at each report, and the rest with the next ones. All workers see the same imbalance and all of them
/// work against it: together they then make up for it once, where each counting everything at once would make up for it as many times, and
/// next time the other way round. A silo that is gone takes nothing with it but what had not been counted yet. Thread-safe.
/// </remarks>
/// <param name="count">Counts service of a tenant, never negative.</param>
internal sealed class ForeignService(Action<string, double> count)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SiloAddress, Dictionary<string, double>> _counted = [];

    /// <summary>Hears what a silo has done for its tenants so far.</summary>
    public void Hear(SiloAddress silo, TenantLoad[] tenants)
    {
        lock (_lock)
        {
            // What a silo did before it was heard of for the first time is over.
            if (!_counted.TryGetValue(silo, out var counted))
            {
                _counted[silo] = tenants.ToDictionary(t => t.Tenant, t => t.Service, StringComparer.Ordinal);
                return;
            }

            foreach (var tenant in tenants)
            {
                var before = counted.GetValueOrDefault(tenant.Tenant);
                var part = (tenant.Service - before) / (_counted.Count + 1);
                if (part > 0)
                {
                    counted[tenant.Tenant] = before + part;
                    count(tenant.Tenant, part);
                }
            }
        }
    }

    /// <summary>Forgets a silo that is gone; what it did remains counted.</summary>
    public void Forget(SiloAddress silo)
    {
        lock (_lock)
        {
            _counted.Remove(silo);
        }
    }
}
