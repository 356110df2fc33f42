using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Sessions;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Admin;

/// <summary>Tenants, for administrators. Answers come from the directory itself.</summary>
internal sealed class TenantRoutes(TenantAdministration directory, GatewayOptions options)
{
    /// <summary>Lists all tenants.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var tenants = await directory.AllAsync();
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => AdminJson.WriteList(json, tenants, AdminJson.Write));
    }

    /// <summary>Shows a tenant.</summary>
    public async Task GetAsync(HttpContext context)
    {
        var tenant = await directory.FindAsync(TenantAdministration.Id(context));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => AdminJson.Write(json, tenant));
    }

    /// <summary>Creates a tenant.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        var tenant = await JsonBody.ReadAsync(context, options, TenantFields.Create, TenantFields.Empty);
        var created = SessionRoutes.Value(await directory.ChangeAsync(grain => grain.Create(tenant, TenantAdministration.By(context))));
        context.Response.Headers.Location = "/admin/v1/tenants/" + created.Id;
        await JsonAnswer.WriteAsync(context, StatusCodes.Status201Created, json => AdminJson.Write(json, created));
    }

    /// <summary>Sets a tenant's weight and limits.</summary>
    public async Task ReplaceAsync(HttpContext context)
    {
        var id = TenantAdministration.Id(context);
        var tenant = await JsonBody.ReadAsync(context, options, TenantFields.Replace, new Tenant { Id = id });
        var replaced = SessionRoutes.Value(await directory.ChangeAsync(grain => grain.Replace(tenant, TenantAdministration.By(context))));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => AdminJson.Write(json, replaced));
    }

    /// <summary>Removes a tenant.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        var id = TenantAdministration.Id(context);
        if (await directory.ChangeAsync(grain => grain.Delete(id, TenantAdministration.By(context))) is { } refusal)
        {
            throw new ApiException(ApiError.Of(refusal));
        }

        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => AdminJson.WriteDeleted(json, id, "tenant"));
    }
}

/// <summary>The tenant directory, as administrators reach it.</summary>
internal sealed class TenantAdministration(IGrainFactory grains, ITenantFollower follower)
{
    /// <summary>The grain.</summary>
    public ITenantDirectoryGrain Grain => grains.GetGrain<ITenantDirectoryGrain>(ITenantDirectoryGrain.Key);

    /// <summary>The id in a route.</summary>
    public static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    /// <summary>Who makes a request.</summary>
    public static AdminActor By(HttpContext context) => new("admin", context.TraceIdentifier, context.Connection.RemoteIpAddress?.ToString());

    /// <summary>All tenants.</summary>
    public async Task<Tenant[]> AllAsync() => (await Grain.Changes(-1))!.Tenants;

    /// <summary>A tenant.</summary>
    /// <exception cref="ApiException">404: there is none.</exception>
    public async Task<Tenant> FindAsync(string id) => Array.Find(await AllAsync(), t => t.Id == id)
        ?? throw new ApiException(new(404, $"there is no tenant '{id}'", "id", "tenant_not_found"));

    /// <summary>Changes something, and returns when it holds in this process.</summary>
    public async Task<T> ChangeAsync<T>(Func<ITenantDirectoryGrain, Task<T>> change)
    {
        var result = await change(Grain);
        await follower.CatchUpAsync();
        return result;
    }
}
