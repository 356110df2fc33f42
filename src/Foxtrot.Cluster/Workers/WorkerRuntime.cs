using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Foxtrot.Cluster.Delivery;
using Foxtrot.Cluster.Placement;
using Foxtrot.Cluster.Sessions;
using Foxtrot.Cluster.Telemetry;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts;

namespace Foxtrot.Cluster.Workers;

/// <summary>What the grains of one worker share: its models, the delivery of tokens, and who has to go when it drains.</summary>
/// <remarks>Thread-safe. The models stay their opener's, who disposes of them after the silo has stopped.</remarks>
internal sealed class WorkerRuntime : ILocalLoad
{
    private readonly Dictionary<string, WorkerModel> _models;
    private readonly ConcurrentDictionary<GrainId, IMovableGrain> _active = new();
    private readonly Dictionary<string, ForeignService> _foreign = [];
    private volatile bool _draining;

    public WorkerRuntime(IEnumerable<WorkerModel> models, TokenDelivery delivery, ITenantCatalog tenants, ClusterLoad cluster, ILocalSiloDetails silo, IMeterFactory meters)
    {
        _models = models.ToDictionary(m => m.Info.Name);
        Delivery = delivery;
        Instruments = new WorkerInstruments(meters, _models.Values, silo.SiloAddress.Endpoint.ToString());
        foreach (var model in _models.Values)
        {
            model.OnStep = delivery.StepDone;
            model.Tenants = tenants;
            model.WaitingElsewhere = tenant =>
                _models.Values.Sum(other => other == model ? 0 : other.WaitingOf(tenant)) + cluster.WaitingOf(tenant, silo.SiloAddress);
            _foreign[model.Info.Name] = new ForeignService(model.Served.Engine.AddService);
        }
    }

    /// <summary>Brings tokens to their readers.</summary>
    public TokenDelivery Delivery { get; }

    /// <summary>What this worker measures.</summary>
    public WorkerInstruments Instruments { get; }

    /// <inheritdoc/>
    public ModelLoad[] Models => [.. _models.Values.Select(m => m.Report())];

    /// <inheritdoc/>
    public bool Draining => _draining;

    /// <inheritdoc/>
    public void Hear(LoadReport report)
    {
        foreach (var load in report.Models)
        {
            if (_foreign.TryGetValue(load.Info.Name, out var foreign))
            {
                foreign.Hear(report.Silo, load.Tenants);
            }
        }
    }

    /// <inheritdoc/>
    public void Forget(SiloAddress silo)
    {
        foreach (var foreign in _foreign.Values)
        {
            foreign.Forget(silo);
        }
    }

    /// <summary>Sessions that generate here now.</summary>
    public ICollection<IMovableGrain> Active => _active.Values;

    /// <summary>Sequences on the engines, those that wait included.</summary>
    public int Sequences => _models.Values.Sum(m => m.Load.Running + m.Load.Waiting);

    /// <summary>From now on this worker is about to leave.</summary>
    public void StartDraining() => _draining = true;

    /// <summary>Looks a model up by name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out WorkerModel? model) => _models.TryGetValue(name, out model);

    /// <summary>Notes that a session generates here.</summary>
    public void Enter(GrainId id, IMovableGrain session) => _active[id] = session;

    /// <summary>Notes that it does not any more.</summary>
    public void Leave(GrainId id) => _active.TryRemove(id, out _);

    /// <summary>What a session without its model says.</summary>
    public static Refusal NoModel(string model) =>
        new(RefusalKind.Unavailable, $"no worker has model '{model}' at the moment", "model", "no_worker", RetryAfterSeconds: 1);
}
