using Foxtrot.Gateway.OpenApi;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Foxtrot.Gateway.Admin;

/// <summary>Maps the admin API. Without an admin key there is none.</summary>
internal static class AdminRoutes
{
    private const string Tenants = "/admin/v1/tenants";
    private const string Tenant = Tenants + "/{id}";
    private const string Keys = Tenant + "/keys";

    private static readonly int[] Reading = [400, 404, 500, 503];
    private static readonly int[] Changing = [400, 404, 409, 413, 500, 503];

    /// <summary>Maps its routes.</summary>
    public static void Map(WebApplication app)
    {
        if (app.Services.GetRequiredService<GatewayOptions>().AdminKey is null)
        {
            return;
        }

        var tenants = app.Services.GetRequiredService<TenantRoutes>();
        app.MapGet(Tenants, tenants.ListAsync)
            .Describe(new("listTenants", "Lists all tenants.") { Answer = "TenantList", Failures = [500, 503] });
        app.MapPost(Tenants, tenants.CreateAsync)
            .Describe(new("createTenant", "Creates a tenant, without keys.") { Body = TenantFields.Create.ToSchema(), Status = 201, Answer = "Tenant", Failures = Changing });
        app.MapGet(Tenant, tenants.GetAsync)
            .Describe(new("getTenant", "Shows a tenant.") { Answer = "Tenant", Failures = Reading });
        app.MapPut(Tenant, tenants.ReplaceAsync)
            .Describe(new("replaceTenant", "Sets a tenant's weight and all of its limits; its keys stay.") { Body = TenantFields.Replace.ToSchema(), Answer = "Tenant", Failures = Changing });
        app.MapDelete(Tenant, tenants.DeleteAsync)
            .Describe(new("deleteTenant", "Removes a tenant and its keys. Its sessions stay stored, for a tenant of the same id.") { Answer = "TenantDeleted", Failures = Changing });
        MapKeys(app);
        MapOperations(app);
    }

    private static void MapKeys(WebApplication app)
    {
        var keys = app.Services.GetRequiredService<KeyRoutes>();
        app.MapGet(Keys, keys.ListAsync)
            .Describe(new("listKeys", "Lists a tenant's keys, without the keys themselves.") { Answer = "KeyList", Failures = Reading });
        app.MapPost(Keys, keys.CreateAsync)
            .Describe(new("createKey", "Makes a key. The answer is the only place that ever shows it.") { Body = TenantFields.Key.ToSchema(), Status = 201, Answer = "NewKey", Failures = Changing });
        app.MapDelete(Keys + "/{key}", keys.RevokeAsync)
            .Describe(new("revokeKey", "Revokes a key; within a second it is refused everywhere.") { Answer = "KeyDeleted", Failures = Changing });
    }

    private static void MapOperations(WebApplication app)
    {
        var workers = app.Services.GetRequiredService<WorkerRoutes>();
        app.MapGet("/admin/v1/workers", workers.ListAsync)
            .Describe(new("listWorkers", "Lists the workers with their models and load.") { Answer = "WorkerList", Failures = [500] });
        app.MapPost("/admin/v1/workers/{id}/drain", workers.DrainAsync)
            .Describe(new("drainWorker", "Makes a worker take no new sessions and move those it has, until it is stopped.") { Answer = "Worker", Failures = Reading });
        app.MapGet("/admin/v1/audit", app.Services.GetRequiredService<AuditRoute>().HandleAsync)
            .Describe(new("listAudit", "Lists what administrators did, the latest first.") { Query = AuditRoute.Query.ToSchema(), Answer = "AuditList", Failures = [400, 500, 503] });
    }
}
