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
internal sealed class VerifyRoute(IGrainFactory grains, ModelLookup models, ITenantSource tenants, IUsageRecorder usage, GatewayOptions options)
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
        usage.Record(new(context.TraceIdentifier, tenants.TenantOf(context).Id, request.Receipt.Model, Usage.None, 0, false));
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => SessionJson.Write(json, view));
    }

    private Task<Contracts.Outcome<VerifyView>> ReplayAsync(HttpContext context, VerifyRequest request)
    {
        var receipt = request.Receipt;
        if (request.Source.Prompt is { } prompt)
        {
            return grains.GetGrain<IWorkerGrain>(models.Find(receipt.Model).Name).Verify(receipt, prompt, request.Text);
        }

        var key = models.FindSession(receipt.Session, tenants.TenantOf(context).Id);
        return grains.GetGrain<ISessionGrain>(key.ToString()).Verify(receipt, request.Text);
    }
}
