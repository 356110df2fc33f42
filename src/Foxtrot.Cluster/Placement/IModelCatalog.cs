using System.Diagnostics.CodeAnalysis;
using Foxtrot.Contracts.Workers;

namespace Foxtrot.Cluster.Placement;

/// <summary>The models that the cluster's workers serve now, as this process knows from their load reports.</summary>
/// <remarks>Thread-safe.</remarks>
public interface IModelCatalog
{
    /// <summary>Each model once, by name, as its least loaded worker serves it; draining workers count only where there is no other.</summary>
    IReadOnlyList<ModelInfo> Models { get; }

    /// <summary>Looks a model up by its name.</summary>
    bool TryFind(string name, [NotNullWhen(true)] out ModelInfo? model);

    /// <summary>The name that the digits in a session's id stand for, of a model seen since this process started; null when none is.</summary>
    string? NameOf(string modelHash);

    /// <summary>Whether a worker has served the model since this process started, even if none does now.</summary>
    bool WasSeen(string name);
}
