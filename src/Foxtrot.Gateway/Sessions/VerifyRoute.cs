using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Workers;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Metering;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Sessions;

/// <summary>
/// <c>POST /v1/verify</c>: replays a receipt's turn. With the prompt any worker can; without it the receipt's session must still exist.
/// </summary>
internal sealed class VerifyRoute(
    IGrainFactory grains, ModelLookup models, ITenantSource tenants, Admission admission, IUsageRecorder usage, GatewayOptions options)
{
    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var request = await JsonBody.ReadAsync(context, options, SessionFields.Verify, VerifyRequest.Empty, (r, errors) =>
        {
            r.Source.Check(errors, required: false);
            return r;
        });
        var (model, outcome) = await ReplayAsync(context, request);
        var view = SessionRoutes.Value(outcome);
        usage.Record(new(context.TraceIdentifier, tenants.TenantOf(context).Id, model, Usage.None, 0, false));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => SessionJson.Write(json, view));
    }

    private async Task<(string Model, Contracts.Outcome<VerifyView> View)> ReplayAsync(HttpContext context, VerifyRequest request)
    {
        var receipt = request.Receipt;
        var tenant = tenants.TenantOf(context);
        if (request.Source.Prompt is { } prompt)
        {
            await admission.AdmitAsync(tenant, receipt.Model, context.RequestAborted);
            var model = models.Find(receipt.Model).Name;
            return (model, await grains.GetGrain<IWorkerGrain>(model).Verify(receipt, prompt, request.Text));
        }

        var key = models.FindSession(receipt.Session, tenant.Id);
        await admission.AdmitAsync(tenant, key.Model, context.RequestAborted);
        return (key.Model, await grains.GetGrain<ISessionGrain>(key.ToString()).Verify(receipt, request.Text));
    }
}
