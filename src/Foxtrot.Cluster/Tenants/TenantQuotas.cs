using System.Collections.Concurrent;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Contracts.Workers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Cluster.Tenants;

/// <summary>
/// The tenants' limits, as this process may use them: spends leases without a call while they last, fetches more before they run out,
/// and gives back what is not used. A tenant without a limit costs nothing and calls nobody.
/// </summary>
/// <remarks>Thread-safe; one per process.</remarks>
public sealed partial class TenantQuotas(IGrainFactory grains, ITenantCatalog tenants, TimeProvider time, ILogger<TenantQuotas> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, TenantLeases> _leases = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _holder = Guid.NewGuid().ToString("N");
    private Task _ticking = Task.CompletedTask;

    /// <summary>Spends requests and tokens of a tenant, both or neither.</summary>
    /// <param name="tenant">Who pays.</param>
    /// <param name="requests">Requests, 0 or more.</param>
    /// <param name="tokens">Tokens, 0 or more; to be settled by <see cref="Settle"/> when it is known how many they were.</param>
    /// <param name="cancellationToken">Gives up waiting; nothing is spent then.</param>
    /// <returns>Null, or why not: a limit with the time to wait, or that nobody could be asked.</returns>
    public ValueTask<Refusal?> TakeAsync(Tenant tenant, int requests, long tokens, CancellationToken cancellationToken)
    {
        var limits = tenant.Limits;
        return (limits.RequestsPerMinute is null || requests == 0) && (limits.TokensPerMinute is null || tokens == 0)
            ? default
            : LeasesOf(tenant.Id).TakeAsync(limits, requests, tokens, cancellationToken);
    }

    /// <summary>Replaces tokens that were reserved by those that were used: what is left over is there for others at once, and what was used beyond is owed.</summary>
    public void Settle(string tenant, long reserved, long used)
    {
        if (reserved != used && tenants.Find(tenant)?.Limits.TokensPerMinute is { } perMinute)
        {
            LeasesOf(tenant).SettleTokens(reserved, used, perMinute);
        }
    }

    /// <summary>Takes a permit for a sequence on this worker.</summary>
    /// <param name="tenant">Whose sequence it is.</param>
    /// <param name="resumed">Whether it was accepted before: then it is counted and never refused.</param>
    /// <returns>The permit, or why there is none.</returns>
    public ValueTask<Outcome<SequencePermit>> TakePermitAsync(string tenant, bool resumed)
    {
        if (tenants.Find(tenant)?.Limits is not { ConcurrentSequences: not null } limits)
        {
            return new(SequencePermit.Free);
        }

        var leases = LeasesOf(tenant);
        if (resumed)
        {
            leases.ResumePermit();
            return new(new SequencePermit(leases));
        }

        return TakeAsync(leases, limits);

        static async ValueTask<Outcome<SequencePermit>> TakeAsync(TenantLeases leases, TenantLimits limits) =>
            await leases.TakePermitAsync(limits, CancellationToken.None) is { } refusal ? refusal : new SequencePermit(leases);
    }

    /// <summary>How a tenant's limits per minute stand; null for limits that it does not have.</summary>
    public (RateStatus? Requests, RateStatus? Tokens) StatusOf(Tenant tenant)
    {
        var limits = tenant.Limits;
        if (limits is { RequestsPerMinute: null, TokensPerMinute: null })
        {
            return default;
        }

        var (requests, tokens) = _leases.TryGetValue(tenant.Id, out var leases)
            ? leases.Left(limits)
            : (limits.RequestsPerMinute ?? 0, limits.TokensPerMinute ?? 0);
        return (
            limits.RequestsPerMinute is { } most ? RateStatus.Of(most, requests) : null,
            limits.TokensPerMinute is { } mostTokens ? RateStatus.Of(mostTokens, tokens) : null);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ticking = TickAsync();
        return Task.CompletedTask;
    }

    /// <summary>Gives back everything that is held.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _ticking;
        await Task.WhenAll(_leases.Values.Select(leases => leases.LeaveAsync())).WaitAsync(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private TenantLeases LeasesOf(string tenant) =>
        _leases.TryGetValue(tenant, out var leases) ? leases : _leases.GetOrAdd(tenant, id => new TenantLeases(_holder, ask => ExchangeAsync(id, ask), time));

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                foreach (var leases in _leases.Values)
                {
                    leases.Tick();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    // The same question again, so that an answer which got lost counts once.
    private async Task<QuotaReply?> ExchangeAsync(string tenant, QuotaAsk ask)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await grains.GetGrain<IQuotaGrain>(tenant).Exchange(ask);
            }
            catch (Exception lost) when (WorkerLoss.Is(lost))
            {
                if (_stopping.IsCancellationRequested || time.GetElapsedTime(start) >= Patience)
                {
                    LogUnreachable(log, tenant, lost);
                    return null;
                }
            }
#pragma warning disable CA1031 // Nobody else would see it: those who wait are told that nobody could be asked.
            catch (Exception bug)
#pragma warning restore CA1031
            {
                LogFailed(log, tenant, bug);
                return null;
            }

            await Task.Delay(Pause, time);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the quota of tenant {Tenant} cannot be reached")]
    private static partial void LogUnreachable(ILogger logger, string tenant, Exception lost);

    [LoggerMessage(Level = LogLevel.Error, Message = "the quota of tenant {Tenant} failed")]
    private static partial void LogFailed(ILogger logger, string tenant, Exception bug);
}
