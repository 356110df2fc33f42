using Foxtrot.Cluster.Placement;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Workers;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Http;

namespace Foxtrot.Gateway.Generation;

/// <summary>Finds what requests name, or says why not.</summary>
internal sealed class ModelLookup(IModelCatalog catalog, GatewayOptions options)
{
    /// <summary>A model by its name.</summary>
    /// <exception cref="ApiException">404 when it was never there, 503 when it was but no worker has it now.</exception>
    public ModelInfo Find(string name)
    {
        if (catalog.TryFind(name, out var model))
        {
            return model;
        }

        throw catalog.WasSeen(name)
            ? new ApiException(new(503, $"no worker has the model {FieldErrors.Shorten(name)} at the moment", "model", "model_unavailable", options.UnavailableRetrySeconds))
            : Unknown(name);
    }

    /// <summary>What is said of a model that there is not.</summary>
    public static ApiException Unknown(string name) =>
        new(new(404, $"model must be one that GET /v1/models lists, but is {FieldErrors.Shorten(name)}", "model", "model_not_found"));

    /// <summary>The key of a session, from its id alone.</summary>
    /// <param name="id">The id as the client has it.</param>
    /// <param name="tenant">Who asks.</param>
    /// <exception cref="ApiException">404: it is no session's id, or that of a model which no worker has had.</exception>
    public SessionKey FindSession(string? id, string tenant) =>
        SessionId.TryParse(id, out var session) && catalog.NameOf(session.ModelHash) is { } model
            ? new(model, tenant, session)
            : throw new ApiException(new(404, $"there is no session '{FieldErrors.Shorten(id ?? "")}'", Code: "session_not_found"));
}
