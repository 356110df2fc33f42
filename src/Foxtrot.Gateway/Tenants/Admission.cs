using System.Globalization;
using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Contracts.Workers;
using Foxtrot.Gateway.Fields;
using Foxtrot.Gateway.Http;

namespace Foxtrot.Gateway.Tenants;

/// <summary>Between a request and its generation: what the tenant may ask for at all, and how much of it per minute.</summary>
/// <remarks>
/// Thread-safe. Calls nobody for tenants without limits per minute; for others only when the process's lease has run out, so that a
/// request that is admitted costs two look-ups and a lock.
/// </remarks>
internal sealed class Admission(TenantQuotas quotas, GatewayOptions options)
{
    /// <summary>Whether a tenant may use a model.</summary>
    public static bool Allows(Tenant tenant, string model) => tenant.Limits.Models is not { } allowed || allowed.Contains(model, StringComparer.Ordinal);

    /// <summary>Checks that a tenant may use a model, whether there is such a model or not.</summary>
    /// <exception cref="ApiException">403.</exception>
    public static void CheckModel(Tenant tenant, string model)
    {
        if (!Allows(tenant, model))
        {
            throw new ApiException(new(403, $"model must be one that GET /v1/models lists: the tenant may not use {FieldErrors.Shorten(model)}", "model", "model_not_allowed"));
        }
    }

    /// <summary>How many output tokens a request gets at most; null is as many as the context has room for.</summary>
    /// <param name="tenant">Who asks.</param>
    /// <param name="asked">What it asks for; null when it does not say.</param>
    /// <param name="says">Whether it says that itself; else it is the route's default, which yields to the tenant's limit.</param>
    /// <param name="field">Where it says that.</param>
    /// <exception cref="ApiException">400: more than the tenant may have.</exception>
    public static int? MaxTokens(Tenant tenant, int? asked, bool says = true, string field = "max_tokens")
    {
        if (tenant.Limits.MaxTokens is not { } most || asked <= most)
        {
            return asked;
        }

        return asked is null || !says
            ? most
            : throw new ApiException(new(400, Text($"{field} must be at most {most}, the tenant's limit, but is {asked}"), field, "max_tokens_exceeded"));
    }

    /// <summary>Admits a request that generates.</summary>
    /// <param name="tenant">Who asks.</param>
    /// <param name="model">What for.</param>
    /// <param name="prompts">The prompts; each counts once.</param>
    /// <param name="maxTokens">Output tokens of each choice at most; null when it is not said.</param>
    /// <param name="choices">Choices for each prompt.</param>
    /// <param name="cancellationToken">The client has left.</param>
    /// <returns>What was reserved, to be disposed of.</returns>
    /// <exception cref="ApiException">429: a limit is reached; 400: it can never be admitted; 503: nobody knows what is left.</exception>
    public async ValueTask<Reservation> ReserveAsync(
        Tenant tenant, ModelInfo model, IReadOnlyList<Prompt> prompts, int? maxTokens, int choices, CancellationToken cancellationToken)
    {
        var tokens = tenant.Limits.TokensPerMinute is { } limit ? Cost(limit, model, prompts, maxTokens, choices) : 0;
        await TakeAsync(tenant, tokens, cancellationToken);
        return new Reservation(quotas, tenant.Id, tokens);
    }

    /// <summary>Admits a request that only computes again what there is: it counts as a request.</summary>
    /// <exception cref="ApiException">403, 429 or 503, as above.</exception>
    public async Task AdmitAsync(Tenant tenant, string model, CancellationToken cancellationToken)
    {
        CheckModel(tenant, model);
        await TakeAsync(tenant, 0, cancellationToken);
    }

    private async ValueTask TakeAsync(Tenant tenant, long tokens, CancellationToken cancellationToken)
    {
        if (await quotas.TakeAsync(tenant, 1, tokens, cancellationToken) is { } refusal)
        {
            throw new ApiException(ApiError.Of(refusal));
        }
    }

    private long Cost(long limit, ModelInfo model, IReadOnlyList<Prompt> prompts, int? maxTokens, int choices)
    {
        var prompt = PromptEstimate.Of(prompts);
        var outputs = (long)Math.Max(1, prompts.Count) * choices;
        long each = Math.Clamp(maxTokens ?? options.DefaultReservation, 1, model.ContextLength);
        if (maxTokens is null)
        {
            // Nothing was asked for that could be too much.
            each = Math.Clamp((limit - prompt) / outputs, 1, each);
        }

        var tokens = prompt + (each * outputs);
        return tokens <= limit
            ? tokens
            : throw new ApiException(new(
                400,
                Text($"a request must reserve at most {limit} tokens, the tenant's limit per minute, but reserves {tokens}: {prompt} for its prompts and {each} for each of {outputs} choices"),
                maxTokens is null ? null : "max_tokens",
                "tokens_per_minute_exceeded"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
