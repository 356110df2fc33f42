using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Cluster.Placement;

/// <summary>What a grain's key asks of the worker that it is placed on.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Fingerprint">The first digits of the worker fingerprint that the session was promised; null when nothing was.</param>
internal readonly record struct PlacementKey(string Model, string? Fingerprint)
{
    /// <summary>Reads the key of a session; any other key is the name of a model.</summary>
    public static PlacementKey Of(GrainId grain)
    {
        var key = grain.Key.ToString()!;
        return SessionKey.TryParse(key, out var session)
            ? new PlacementKey(session.Model, session.Session.PromisesExactness ? session.Session.Fingerprint : null)
            : new PlacementKey(key, null);
    }
}
