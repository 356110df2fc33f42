using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Workers;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Sessions;

/// <summary>
/// <c>POST /v1/verify</c>: replays a receipt's turn. With the prompt any worker can; without it the receipt's session must still exist.
/// </summary>
internal sealed class VerifyRoute(IGrainFactory grains, ModelLookup models, ITenantSource tenants, Admission admission, GatewayOptions options)
{
    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var request = await JsonBody.ReadAsync(context, options, SessionFields.Verify, VerifyRequest.Empty, (r, errors) =>
        {
            r.Source.Check(errors, required: false);
            return r;
        });
        var view = SessionRoutes.Value(await ReplayAsync(context, request));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => SessionJson.Write(json, view));
    }

    private async Task<Contracts.Outcome<VerifyView>> ReplayAsync(HttpContext context, VerifyRequest request)
    {
        var receipt = request.Receipt;
        var tenant = tenants.TenantOf(context);
        if (request.Source.Prompt is { } prompt)
        {
            await admission.AdmitAsync(tenant, receipt.Model, context.RequestAborted);
            return await grains.GetGrain<IWorkerGrain>(models.Find(receipt.Model).Name).Verify(receipt, prompt, request.Text);
        }

        var key = models.FindSession(receipt.Session, tenant.Id);
        await admission.AdmitAsync(tenant, key.Model, context.RequestAborted);
        return await grains.GetGrain<ISessionGrain>(key.ToString()).Verify(receipt, request.Text);
    }
}
