using System.Diagnostics;
using Foxtrot.Client.Streams;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Metering;
using Foxtrot.Gateway.Security;
using Foxtrot.Gateway.Telemetry;
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
        var started = Stopwatch.GetTimestamp();

        // 1. Parse: past this line only valid requests exist, but for bounds that depend on the model.
        var request = await JsonBody.ReadAsync(context, options, table, OpenAiRequest.Empty, (r, e) => check(r, e, options));
        using var span = RequestSpan.Start(format.Operation, request, options);
        try
        {
            await GenerateAsync(context, request, started, span);
        }
        catch (Exception failure) when (span is not null)
        {
            RequestSpan.Failed(span, failure);
            throw;
        }
    }

    private async Task GenerateAsync(HttpContext context, OpenAiRequest request, long started, Activity? span)
    {
        var payer = services.Tenants.TenantOf(context);
        var tenant = payer.Id;
        Admission.CheckModel(payer, request.Model);
        var model = services.Models.Find(request.Model);

        // 2. Reserve what it may cost of the tenant's limits; what it did cost replaces that at the end.
        request = Within(payer, request);
        using var reservation = await services.Admission.ReserveAsync(payer, model, request.Prompts, request.Generation.MaxTokens, request.N, context.RequestAborted);

        // 3. Ask the workers. Whatever happens from here on, what still runs is stopped and its cost recorded.
        await using var set = ChoiceSet.Open(
            services.Streams, model, tenant, request, services.Time, TimeSpan.FromSeconds(options.SettleSeconds),
            services.Usage.Reader,
            (choices, aborted) =>
            {
                var usage = choices.ToRecord(context.TraceIdentifier, tenant, model.Name, aborted);
                reservation.Used = (long)usage.Usage.PromptTokens + usage.Usage.CompletionTokens;
                services.Usage.Record(usage);
                services.Instruments.Generated(format.Operation, model.Name, started, choices.Choices, aborted);
                if (span is not null)
                {
                    RequestSpan.Generated(span, choices.AnswerId(format.IdPrefix), choices, aborted, options);
                }
            });
        Caller.Note(context, set.Id);
        LogGenerates(services.Log, model.Name, set.Id);
        if (span is not null && options.CaptureMessageContent)
        {
            set.KeepText();
        }

        await set.StartAsync(context.RequestAborted);

        // 4. Answer.
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

    private static OpenAiRequest Within(Tenant tenant, OpenAiRequest request) => request with
    {
        Generation = request.Generation with
        {
            MaxTokens = Admission.MaxTokens(
                tenant, request.Generation.MaxTokens, request.SaysMaxTokens, request.MaxCompletionTokens is null ? "max_tokens" : "max_completion_tokens"),
        },
    };

    [LoggerMessage(4, LogLevel.Debug, "Generates with {Model} as {Session}")]
    private static partial void LogGenerates(ILogger log, string model, SessionId session);

    [LoggerMessage(3, LogLevel.Warning, "Stream {RequestId} ended early: {Reason}")]
    private static partial void LogBroken(ILogger log, string requestId, string reason);
}

/// <summary>What routes that generate work with.</summary>
internal sealed record GenerateServices(
    ISessionStreams Streams, ModelLookup Models, ITenantSource Tenants, Admission Admission, IUsageRecorder Usage, GatewayInstruments Instruments, TimeProvider Time, ILogger<GenerateRoute> Log);
