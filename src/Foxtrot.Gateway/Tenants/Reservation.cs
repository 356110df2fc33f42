using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts;
using Foxtrot.Gateway.Http;

namespace Foxtrot.Gateway.Tenants;

/// <summary>Tokens that a request has taken from its tenant's tokens per minute. When it is disposed of, what was used replaces them.</summary>
/// <param name="quotas">Where they came from.</param>
/// <param name="tenant">Whose they are.</param>
/// <param name="tokens">How many; 0 where there is no limit.</param>
internal sealed class Reservation(TenantQuotas quotas, string tenant, long tokens) : IDisposable
{
    private bool _handedOver;

    /// <summary>What the request has used; 0 until that is known.</summary>
    public long Used { get; set; }

    /// <summary>
    /// Lets a session have them, which settles them when its turn ends. A session that refuses gives them back; when nobody knows whether
    /// it has them, they count as spent.
    /// </summary>
    /// <exception cref="ApiException">The session refuses.</exception>
    public async Task<T> HandOverAsync<T>(Func<long, Task<Outcome<T>>> call)
        where T : class
    {
        _handedOver = true;
        var outcome = await call(tokens);
        _handedOver = outcome.Value is not null;
        return outcome.Value ?? throw new ApiException(outcome.Refusal is { } refusal ? ApiError.Of(refusal) : ApiError.Internal);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_handedOver)
        {
            quotas.Settle(tenant, tokens, Used);
        }
    }
}
