using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Foxtrot.Cluster.Workers;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Workers;

namespace Foxtrot.Cluster.Placement;

/// <summary>What every silo has and how busy it is, by their latest reports; one per process.</summary>
/// <remarks>Thread-safe. Placement reads it for every new activation, so nothing here waits or locks.</remarks>
internal sealed class ClusterLoad : IModelCatalog
{
    private readonly ConcurrentDictionary<SiloAddress, SiloLoad> _silos = new();
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IReadOnlyList<ModelInfo> Models =>
    [
        .. _silos.Values
            .SelectMany(silo => silo.Report.Models.Select(model => (Silo: silo, model.Info)))
            .GroupBy(offer => offer.Info.Name, StringComparer.Ordinal)
            .OrderBy(offers => offers.Key, StringComparer.Ordinal)
            .Select(offers => offers.MinBy(offer => (offer.Silo.Report.Draining, offer.Silo.LoadOf(offer.Info.Name))).Info),
    ];

    /// <summary>The latest report of every silo.</summary>
    public IReadOnlyList<LoadReport> Reports => [.. _silos.Values.Select(silo => silo.Report)];

    /// <summary>Takes a report in place of the silo's last one.</summary>
    /// <returns>Whether it is the first of that silo.</returns>
    public bool Accept(LoadReport report)
    {
        foreach (var model in report.Models)
        {
            _seen.TryAdd(model.Info.Name, true);
        }

        var load = new SiloLoad(report);
        var first = true;
        _silos.AddOrUpdate(report.Silo, load, (_, _) =>
        {
            first = false;
            return load;
        });
        return first;
    }

    /// <summary>Drops a silo that is gone.</summary>
    public void Forget(SiloAddress silo) => _silos.TryRemove(silo, out _);

    /// <summary>Whether the silo has reported.</summary>
    public bool Knows(SiloAddress silo) => _silos.ContainsKey(silo);

    /// <summary>Counts a sequence that this process is placing on a silo.</summary>
    public void Place(SiloAddress silo, string model)
    {
        if (_silos.TryGetValue(silo, out var load))
        {
            load.Place(model);
        }
    }

    /// <summary>A silo's sequences per slot of a model; infinite when it is not known to have it.</summary>
    public double LoadOf(SiloAddress silo, string model) => _silos.TryGetValue(silo, out var load) ? load.LoadOf(model) : double.PositiveInfinity;

    /// <summary>A tenant's sequences that wait for a slot on all silos but one, as of their latest reports.</summary>
    public int WaitingOf(string tenant, SiloAddress except)
    {
        var waiting = 0;
        foreach (var (silo, load) in _silos)
        {
            if (silo.Equals(except))
            {
                continue;
            }

            foreach (var model in load.Report.Models)
            {
                foreach (var share in model.Tenants)
                {
                    waiting += string.Equals(share.Tenant, tenant, StringComparison.Ordinal) ? share.Waiting : 0;
                }
            }
        }

        return waiting;
    }

    /// <summary>
    /// The silos fit for a key: they have its model; they are not draining unless all are; they have the promised fingerprint unless
    /// none has, since a session that goes on with other arithmetic, and says so, is better than none.
    /// </summary>
    /// <returns>Empty when none has the model.</returns>
    public SiloAddress[] Owners(PlacementKey key, IEnumerable<SiloAddress> candidates)
    {
        var owners = new List<(SiloAddress Silo, bool Draining, bool Promised)>();
        foreach (var silo in candidates)
        {
            if (_silos.TryGetValue(silo, out var load) && load.Find(key.Model) is { } model)
            {
                owners.Add((silo, load.Report.Draining, key.Fingerprint is null || SessionId.Shorten(model.Info.Fingerprint) == key.Fingerprint));
            }
        }

        if (owners.Exists(owner => !owner.Draining))
        {
            owners.RemoveAll(owner => owner.Draining);
        }

        if (owners.Exists(owner => owner.Promised))
        {
            owners.RemoveAll(owner => !owner.Promised);
        }

        return [.. owners.Select(owner => owner.Silo)];
    }

    /// <inheritdoc/>
    public bool TryFind(string name, [NotNullWhen(true)] out ModelInfo? model)
    {
        // One pass and no list: every request asks this, and there may be a thousand silos.
        model = null;
        var best = (Draining: false, Load: 0.0);
        foreach (var (_, silo) in _silos)
        {
            if (silo.Find(name) is not { Info: var info })
            {
                continue;
            }

            var rank = (silo.Report.Draining, silo.LoadOf(name));
            if (model is null || rank.CompareTo(best) < 0)
            {
                (model, best) = (info, rank);
            }
        }

        return model is not null;
    }

    /// <inheritdoc/>
    public string? NameOf(string modelHash) => _seen.Keys.FirstOrDefault(name => SessionId.HashOf(name) == modelHash);

    /// <inheritdoc/>
    public bool WasSeen(string name) => _seen.ContainsKey(name);
}
