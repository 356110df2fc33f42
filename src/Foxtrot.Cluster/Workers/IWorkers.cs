using Foxtrot.Cluster.Placement;

namespace Foxtrot.Cluster.Workers;

/// <summary>The cluster's workers, for administrators.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IWorkers
{
    /// <summary>The workers by their latest reports, in the order of their ids.</summary>
    IReadOnlyList<WorkerState> All { get; }

    /// <summary>Tells a worker to take no new sessions and to move those it has.</summary>
    /// <param name="id">Its <see cref="WorkerState.Id"/>.</param>
    /// <returns>False when there is no such worker.</returns>
    Task<bool> DrainAsync(string id);
}

/// <summary>One worker.</summary>
/// <param name="Id">Its address and generation: another one after every start.</param>
/// <param name="Draining">Whether it takes no new sessions.</param>
/// <param name="Models">Its models and how busy they are.</param>
public sealed record WorkerState(string Id, bool Draining, ModelLoad[] Models);

/// <inheritdoc/>
internal sealed class KnownWorkers(ClusterLoad load, WorkerControlClient controls) : IWorkers
{
    public IReadOnlyList<WorkerState> All =>
    [
        .. load.Reports.Where(r => r.Models.Length > 0)
            .Select(r => new WorkerState(r.Silo.ToParsableString(), r.Draining, r.Models))
            .OrderBy(w => w.Id, StringComparer.Ordinal),
    ];

    public async Task<bool> DrainAsync(string id) =>
        load.Reports.FirstOrDefault(r => r.Models.Length > 0 && r.Silo.ToParsableString() == id) is { } worker && await controls.On(worker.Silo).Drain();
}
