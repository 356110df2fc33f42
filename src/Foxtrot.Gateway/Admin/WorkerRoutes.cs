using Foxtrot.Cluster.Workers;
using Foxtrot.Gateway.Http;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Admin;

/// <summary>The cluster's workers, for administrators.</summary>
internal sealed class WorkerRoutes(IWorkers workers, TenantAdministration directory)
{
    /// <summary>Lists the workers.</summary>
    public Task ListAsync(HttpContext context) =>
        JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => AdminJson.WriteList(json, workers.All, AdminJson.Write));

    /// <summary>Drains a worker. It is in the audit log first, whether the worker can be reached or not.</summary>
    public async Task DrainAsync(HttpContext context)
    {
        var id = TenantAdministration.Id(context);
        var worker = Find(id) ?? throw NotFound(id);
        await directory.Grain.Note("worker.drain", id, TenantAdministration.By(context));
        if (!await workers.DrainAsync(id))
        {
            throw NotFound(id);
        }

        var after = Find(id) ?? worker;
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => AdminJson.Write(json, after with { Draining = true }));
    }

    private WorkerState? Find(string id) => workers.All.FirstOrDefault(w => w.Id == id);

    private static ApiException NotFound(string id) => new(new(404, $"there is no worker '{id}'", "id", "worker_not_found"));
}
