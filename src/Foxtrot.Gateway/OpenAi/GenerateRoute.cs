using Foxtrot.Client.Streams;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Metering;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>A route that generates: chat or completions, which differ in their fields and their format alone.</summary>
internal sealed partial class GenerateRoute(
    AnswerFormat format,
    FieldTable<OpenAiRequest> table,
    Func<OpenAiRequest, FieldErrors, GatewayOptions, OpenAiRequest> check,
    GatewayOptions options,
    GenerateServices services)
{
    /// <summary>The request's fields.</summary>
    public FieldTable<OpenAiRequest> Table => table;

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        // 1. Parse: past this line only valid requests exist, but for bounds that depend on the model.
        var request = await JsonBody.ReadAsync(context, options, table, OpenAiRequest.Empty, (r, e) => check(r, e, options));
        var model = services.Models.Find(request.Model);
        var tenant = services.Tenants.TenantOf(context).Id;

        // 2. Ask the workers. Whatever happens from here on, what still runs is stopped and its cost recorded.
        await using var set = ChoiceSet.Open(
            services.Streams, model, tenant, request, services.Time, TimeSpan.FromSeconds(options.SettleSeconds),
            services.Usage.Reader,
            (choices, aborted) => services.Usage.Record(choices.ToRecord(context.TraceIdentifier, tenant, model.Name, aborted)));
        await set.StartAsync(context.RequestAborted);

        // 3. Answer.
        var answer = new Answer(format, request, model, set.AnswerId(format.IdPrefix), services.Time.GetUtcNow().ToUnixTimeSeconds(), set.Seed);
        if (!request.Stream)
        {
            await WholeAnswer.WriteAsync(context, answer, set);
        }
        else if (await ChunkStream.WriteAsync(context, answer, set, services.Time, options) is { } error)
        {
            LogBroken(services.Log, context.TraceIdentifier, error.Message);
        }
    }

    [LoggerMessage(3, LogLevel.Warning, "Stream {RequestId} ended early: {Reason}")]
    private static partial void LogBroken(ILogger log, string requestId, string reason);
}

/// <summary>What routes that generate work with.</summary>
internal sealed record GenerateServices(
    ISessionStreams Streams, ModelLookup Models, ITenantSource Tenants, IUsageRecorder Usage, TimeProvider Time, ILogger<GenerateRoute> Log);
