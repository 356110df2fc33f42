using Foxtrot.Cluster.Tenants;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Sessions;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Admin;

/// <summary>A tenant's keys, for administrators.</summary>
internal sealed class KeyRoutes(TenantAdministration directory, GatewayOptions options, TimeProvider time)
{
    /// <summary>Lists a tenant's keys.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var tenant = await directory.FindAsync(TenantAdministration.Id(context));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => AdminJson.WriteList(json, tenant.Keys, AdminJson.Write));
    }

    /// <summary>Makes a key. It exists in this answer alone.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        var id = TenantAdministration.Id(context);
        var wanted = await JsonBody.ReadAsync(context, options, TenantFields.Key, new NewKey("", null), CheckExpiry);
        var text = ApiKey.New();
        var key = ApiKey.ToStored(ApiKey.HashOf(text), wanted.Name, wanted.Expires);
        var tenant = SessionRoutes.Value(await directory.ChangeAsync(grain => grain.AddKey(id, key, TenantAdministration.By(context))));
        context.Response.Headers.CacheControl = "no-store";
        await JsonAnswer.WriteAsync(context, StatusCodes.Status201Created, json => AdminJson.WriteNew(json, Array.Find(tenant.Keys, k => k.Id == key.Id)!, text));
    }

    /// <summary>Revokes a key.</summary>
    public async Task RevokeAsync(HttpContext context)
    {
        var (id, key) = (TenantAdministration.Id(context), (string)context.Request.RouteValues["key"]!);
        if (await directory.ChangeAsync(grain => grain.RevokeKey(id, key, TenantAdministration.By(context))) is { } refusal)
        {
            throw new ApiException(ApiError.Of(refusal));
        }

        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => AdminJson.WriteDeleted(json, key, "key"));
    }

    private NewKey CheckExpiry(NewKey key, FieldErrors errors)
    {
        if (key.Expires <= time.GetUtcNow())
        {
            errors.Add("expires", $"expires must be after now, {AdminJson.Time(time.GetUtcNow())}, but is {AdminJson.Time(key.Expires.Value)}");
        }

        return key;
    }
}
