using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Generation;
using Foxtrot.Gateway.Http;
using Foxtrot.Gateway.Metering;
using Foxtrot.Gateway.Security;
using Foxtrot.Gateway.Tenants;
using Microsoft.AspNetCore.Http;

namespace Foxtrot.Gateway.Sessions;

/// <summary>The native API: durable sessions and what can be done with them.</summary>
internal sealed class SessionRoutes(
    IGrainFactory grains, ModelLookup models, ITenantSource tenants, Admission admission, IUsageRecorder usage, GatewayOptions options)
{
    private readonly FieldTable<ContinueSession> _continue = SessionFields.Continue(options);

    /// <summary>The fields of <see cref="CreateAsync"/>.</summary>
    public FieldTable<CreateSession> CreateTable { get; } = SessionFields.Create(options);

    /// <summary>The fields of <see cref="ContinueAsync"/>.</summary>
    public FieldTable<ContinueSession> ContinueTable => _continue;

    /// <summary>Creates a session. It is durable before this answers.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        var request = await JsonBody.ReadAsync(context, options, CreateTable, CreateSession.Empty, (r, errors) =>
        {
            r.Source.Check(errors, required: true);
            GenerationFields.Check(r.Generation, errors);
            return r;
        });
        var tenant = tenants.TenantOf(context);
        Admission.CheckModel(tenant, request.Model);
        var model = models.Find(request.Model);
        var maxTokens = Admission.MaxTokens(tenant, request.Generation.MaxTokens);
        using var reservation = await admission.ReserveAsync(tenant, model, [request.Source.Prompt!], maxTokens, 1, context.RequestAborted);
        var key = new SessionKey(model.Name, tenant.Id, SessionId.New(model.Name, model.Exact ? model.Fingerprint : null));
        Caller.Note(context, key.Session);
        var view = await reservation.HandOverAsync(reserved => Grain(key).Create(new()
        {
            Reserved = reserved,
            Prompt = request.Source.Prompt!,
            Sampling = request.Generation.Sampling,
            Seed = request.Generation.Seed ?? Fingerprints.RandomSeed(),
            Choice = request.Choice,
            MaxTokens = maxTokens,
            Stop = request.Generation.Stop ?? [],
            StopTokenIds = request.Generation.StopTokenIds,
            IgnoreEndTokens = request.Generation.IgnoreEos,
            LogProbabilities = request.TopLogProbabilities,
            Priority = request.Generation.Priority ?? 0,
        }));
        await AnswerCreatedAsync(context, key, view);
    }

    /// <summary>Lists the tenant's sessions, newest first.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var query = QueryFields.Read(context, SessionFields.List, new(null, 20));
        var page = await Index(tenants.TenantOf(context).Id).Page(query.After, query.Limit);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => SessionJson.Write(json, page));
    }

    /// <summary>Shows a session.</summary>
    public async Task GetAsync(HttpContext context) => await AnswerAsync(context, await Grain(Key(context)).View());

    /// <summary>Starts another turn.</summary>
    public async Task ContinueAsync(HttpContext context)
    {
        var key = Key(context);
        var request = await JsonBody.ReadAsync(context, options, _continue, ContinueSession.Empty, (r, errors) =>
        {
            r.Source.Check(errors, required: false);
            GenerationFields.Check(r.Generation, errors);
            return r;
        });
        var sampling = request.Generation.Sampling;
        var tenant = tenants.TenantOf(context);
        var maxTokens = Admission.MaxTokens(tenant, request.Generation.MaxTokens);
        using var reservation = await ReserveAsync(context, tenant, key, request.Source.Prompt, maxTokens);
        await AnswerAsync(context, await reservation.HandOverAsync(reserved => Grain(key).Extend(new()
        {
            Reserved = reserved,
            MaxTokens = maxTokens,
            Prompt = request.Source.Prompt,
            Sampling = ReferenceEquals(sampling, SamplingSettings.Default) ? null : sampling,
            Stop = request.Generation.Stop,
            Priority = request.Generation.Priority,
        })));
    }

    /// <summary>Makes a session that shares this one's first output tokens.</summary>
    public async Task ForkAsync(HttpContext context)
    {
        var key = Key(context);
        var fork = key with { Session = SessionId.New(key.Model, key.Session.Fingerprint) };
        var request = await JsonBody.ReadAsync(context, options, SessionFields.Fork, new ForkRequest { Session = fork.Session.ToString(), At = 0 });
        var tenant = tenants.TenantOf(context);
        if (request.MaxTokens is { } asked)
        {
            _ = Admission.MaxTokens(tenant, asked);
        }

        using var reservation = await ReserveAsync(context, tenant, key, null, request.MaxTokens - request.At);
        var view = await reservation.HandOverAsync(reserved => Grain(key).Fork(request with { Reserved = reserved }));
        await AnswerCreatedAsync(context, fork, view);
    }

    /// <summary>Keeps only the first output tokens.</summary>
    public async Task RewindAsync(HttpContext context)
    {
        var key = Key(context);
        var length = await JsonBody.ReadAsync(context, options, SessionFields.Rewind, 0);
        await AnswerAsync(context, await Grain(key).Rewind(length));
    }

    /// <summary>Stops generating.</summary>
    public async Task CancelAsync(HttpContext context) => await AnswerAsync(context, await Grain(Key(context)).Cancel());

    /// <summary>Forgets a session.</summary>
    public async Task DeleteAsync(HttpContext context)
    {
        var key = Key(context);
        if (await Grain(key).Delete() is { } refusal)
        {
            throw new ApiException(ApiError.Of(refusal));
        }

        await Index(key.Tenant).Remove(key.Session.ToString());
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => SessionJson.WriteDeleted(json, key.Session));
    }

    /// <summary>Explains how a token was chosen.</summary>
    public async Task ExplainAsync(HttpContext context)
    {
        var key = Key(context);
        var query = QueryFields.Read(context, SessionFields.Explain, new(0, 10));
        await AdmitAsync(context, key);
        var view = Value(await Grain(key).Explain(query.At, query.Top));
        Record(context, key);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => ExplanationJson.Write(json, query.At, view));
    }

    /// <summary>Draws a token again, many times.</summary>
    public async Task ResampleAsync(HttpContext context)
    {
        var key = Key(context);
        var request = await JsonBody.ReadAsync(context, options, SessionFields.Resample, new ResampleRequest { At = 0, Draws = 1 });
        await AdmitAsync(context, key);
        var view = Value(await Grain(key).Resample(request));
        Record(context, key);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => ExplanationJson.Write(json, view));
    }

    /// <summary>The value of an outcome.</summary>
    /// <exception cref="ApiException">It is a refusal.</exception>
    internal static T Value<T>(Outcome<T> outcome) where T : class =>
        outcome.Value ?? throw new ApiException(outcome.Refusal is { } refusal ? ApiError.Of(refusal) : ApiError.Internal);

    private static Task AnswerAsync(HttpContext context, Outcome<SessionView> outcome) => AnswerAsync(context, Value(outcome));

    private static Task AnswerAsync(HttpContext context, SessionView view)
    {
        return JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => SessionJson.Write(json, view));
    }

    private async Task AnswerCreatedAsync(HttpContext context, SessionKey key, SessionView view)
    {
        await Index(key.Tenant).Add(new(view.Id, view.Model, view.Created));
        context.Response.Headers.Location = "/v1/sessions/" + view.Id;
        await JsonAnswer.WriteAsync(context, StatusCodes.Status201Created, json => SessionJson.Write(json, view));
    }

    private ValueTask<Reservation> ReserveAsync(HttpContext context, Tenant tenant, SessionKey key, Prompt? prompt, int? maxTokens)
    {
        Admission.CheckModel(tenant, key.Model);
        return admission.ReserveAsync(tenant, models.Find(key.Model), prompt is null ? [] : [prompt], maxTokens, 1, context.RequestAborted);
    }

    // What computes again counts as a request.
    private Task AdmitAsync(HttpContext context, SessionKey key) => admission.AdmitAsync(tenants.TenantOf(context), key.Model, context.RequestAborted);

    // What is only computed again counts as a request without tokens.
    private void Record(HttpContext context, SessionKey key) => usage.Record(new(context.TraceIdentifier, key.Tenant, key.Model, Usage.None, 0, false));

    private SessionKey Key(HttpContext context)
    {
        var key = models.FindSession((string?)context.Request.RouteValues["id"], tenants.TenantOf(context).Id);
        Caller.Note(context, key.Session);
        return key;
    }

    private ISessionGrain Grain(SessionKey key) => grains.GetGrain<ISessionGrain>(key.ToString());

    private ISessionIndexGrain Index(string tenant) => grains.GetGrain<ISessionIndexGrain>(tenant);
}
