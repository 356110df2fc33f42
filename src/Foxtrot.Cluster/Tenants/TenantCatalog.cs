using Foxtrot.Contracts.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Cluster.Tenants;

/// <summary>Follows the tenant directory, so that every process decides by itself and a change holds everywhere within a second.</summary>
/// <remarks>
/// Asks every <see cref="Interval"/> whether there is something new. While nobody answers, as when the directory's worker has just
/// died, what was known last holds; after <see cref="Patience"/> it does not any more, since keys may have been revoked meanwhile.
/// Thread-safe.
/// </remarks>
internal sealed partial class TenantCatalog(IGrainFactory grains, TimeProvider time, ILogger<TenantCatalog> logger) : BackgroundService, ITenantCatalog, ITenantFollower
{
    /// <summary>How often it asks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    /// <summary>How long what is known holds without an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _taking = new();
    private volatile TenantIndex _index = TenantIndex.Empty;
    private long _answered;

    /// <inheritdoc/>
    public bool IsEmpty => _index.IsEmpty;

    /// <inheritdoc/>
    public string? Doubt => !_first.Task.IsCompletedSuccessfully
        ? "the tenant directory has not answered yet"
        : time.GetElapsedTime(Volatile.Read(ref _answered)) > Patience ? $"the tenant directory has not answered for {Patience.TotalSeconds:0} seconds" : null;

    /// <inheritdoc/>
    public Tenant? Find(string id) => _index is { IsEmpty: false } index ? index.Find(id) : id == Tenant.Default.Id ? Tenant.Default : null;

    /// <inheritdoc/>
    public Tenant? Authenticate(string key) => _index.Authenticate(key, time.GetUtcNow());

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => _first.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task CatchUpAsync()
    {
        try
        {
            var known = _index;
            Take(known, await grains.GetGrain<ITenantDirectoryGrain>(ITenantDirectoryGrain.Key).Changes(known.Revision));
        }
#pragma warning disable CA1031 // Whatever Orleans throws while silos come and go: no answer, and the next one may be better.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogUnanswered(logger, failure);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // Here and not at the end of following, which may never begin when the stop comes early.
        await base.StopAsync(cancellationToken);
        _first.TrySetCanceled(CancellationToken.None);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await CatchUpAsync();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // Two answers may cross, and an activation that a new one has replaced may not know yet: only what is newer counts.
    private void Take(TenantIndex known, TenantSet? set)
    {
        lock (_taking)
        {
            if (set?.Revision < _index.Revision)
            {
                return;
            }

            if (set is not null && set.Revision > _index.Revision)
            {
                _index = new TenantIndex(set);
                LogChanged(logger, set.Revision, set.Tenants.Length);
            }
            else if (set is null && known.Revision < _index.Revision)
            {
                return;
            }

            Volatile.Write(ref _answered, time.GetTimestamp());
        }

        _first.TrySetResult();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Tenants of revision {Revision} are in force: {Tenants}")]
    private static partial void LogChanged(ILogger logger, long revision, int tenants);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The tenant directory did not answer")]
    private static partial void LogUnanswered(ILogger logger, Exception failure);
}
