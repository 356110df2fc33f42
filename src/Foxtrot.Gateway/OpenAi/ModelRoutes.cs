using System.Text.Json;
using Foxtrot.Cluster.Placement;
using Foxtrot.Contracts.Workers;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.OpenAi;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal sealed class ModelRoutes(IModelCatalog catalog, ModelLookup lookup, ITenantSource tenants, TimeProvider time)
{
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>All models that the tenant may use.</summary>
    public Task ListAsync(HttpContext context) => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        var tenant = tenants.TenantOf(context);
        foreach (var model in catalog.Models.Where(model => Admission.Allows(tenant, model.Name)))
        {
            Write(json, model);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>One model. Its name may have slashes, escaped or not.</summary>
    public Task GetAsync(HttpContext context)
    {
        var id = ((string)context.Request.RouteValues["id"]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var model = Admission.Allows(tenants.TenantOf(context), id) ? lookup.Find(id) : throw ModelLookup.Unknown(id);
        return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => Write(json, model));
    }

    private void Write(Utf8JsonWriter json, ModelInfo model)
    {
        json.WriteStartObject();
        json.WriteString("id", model.Name);
        json.WriteString("object", "model");
        json.WriteNumber("created", _created);
        json.WriteString("owned_by", "foxtrot");
        json.WriteString("system_fingerprint", Fingerprints.System(model));
        json.WriteBoolean("exact", model.Exact);
        json.WriteNumber("context_length", model.ContextLength);
        json.WriteNumber("vocabulary", model.Vocabulary);
        json.WriteBoolean("chat", model.HasChatTemplate);
        json.WriteEndObject();
    }
}
