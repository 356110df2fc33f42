using System.Collections.Immutable;
using System.Globalization;
using Foxtrot.Cluster.Hosting;
using Foxtrot.Contracts.Metering;
using Foxtrot.Contracts.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Foxtrot.Cluster.Metering;

/// <inheritdoc cref="ILedgerGrain"/>
/// <remarks>
/// Batches that come while it writes go with the next write. Of the past only the current day is in what it writes: days that are
/// over move to a record per month, which is written before they leave the other one.
/// </remarks>
[Reentrant]
internal sealed partial class LedgerGrain(
    [FromKeyedServices(ClusterConfiguration.SessionStorage)] IGrainStorage storage, ISiloStatusOracle silos, TimeProvider time, ILogger<LedgerGrain> logger)
    : Grain, ILedgerGrain
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(5);

    private readonly GrainState<LedgerState> _stored = new(new LedgerState());
    private readonly Dictionary<string, GrainState<LedgerMonth>> _months = [];
    private LedgerState _state = new();
    private long _changes;
    private long _saved;
    private Task _write = Task.CompletedTask;
    private bool _superseded;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await storage.ReadStateAsync("ledger", GrainContext.GrainId, _stored);
        _state = _stored.State ?? new LedgerState();
        CheckVersion(_state.Version);
        this.RegisterGrainTimer(SweepAsync, new GrainTimerCreationOptions(SweepPeriod, SweepPeriod) { Interleave = true });
    }

    /// <inheritdoc/>
    public async Task Report(LedgerBatch batch)
    {
        Change(Ledger.Apply(_state, batch, time.GetUtcNow()));

        // A batch that is known may not be stored yet.
        await SaveAsync();
    }

    /// <inheritdoc/>
    public async Task<LedgerView> Read(DateOnly first, DateOnly last)
    {
        var days = ImmutableDictionary<LedgerDay, UsageCounts>.Empty;
        for (var month = new DateOnly(first.Year, first.Month, 1); month <= last && month <= _state.Day; month = month.AddMonths(1))
        {
            days = days.AddRange((await MonthAsync(month)).State!.Days);
        }

        await SaveAsync();
        days = days.SetItems(_state.Days);
        return new LedgerView(
            [
                .. days.Where(line => line.Key.Day >= first && line.Key.Day <= last)
                    .OrderBy(line => line.Key.Day).ThenBy(line => line.Key.Model, StringComparer.Ordinal)
                    .Select(line => new LedgerLine(line.Key.Day, line.Key.Model, line.Value)),
            ],
            _state.Open.Values.Count(entry => !(entry.IsSession && entry.WorkerDone)));
    }

    private void Change(LedgerState state)
    {
        if (!ReferenceEquals(state, _state))
        {
            _state = state;
            _changes++;
        }
    }

    private async Task SaveAsync()
    {
        var wanted = _changes;
        while (_saved < wanted)
        {
            if (_superseded)
            {
                throw new InconsistentStateException($"the ledger of '{this.GetPrimaryKeyString()}' has been taken over by another activation");
            }

            if (!_write.IsCompleted)
            {
                await _write.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                continue;
            }

            _write = WriteAsync();
            await _write;
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await MoveDaysAsync();
            var changes = _changes;
            _stored.State = _state;
            await storage.WriteStateAsync("ledger", GrainContext.GrainId, _stored);
            _saved = changes;
        }
        catch (InconsistentStateException)
        {
            // What another activation stored is read before anything else is answered.
            _superseded = true;
            DeactivateOnIdle();
            throw;
        }
    }

    // Days that are over do not change: a month that was written twice holds the same.
    private async Task MoveDaysAsync()
    {
        var over = _state.Days.Where(line => line.Key.Day < _state.Day).ToArray();
        foreach (var group in over.GroupBy(line => new DateOnly(line.Key.Day.Year, line.Key.Day.Month, 1)))
        {
            var month = await MonthAsync(group.Key);
            var before = month.State!;
            month.State = before with { Days = before.Days.SetItems(group) };
            try
            {
                await storage.WriteStateAsync(Name(group.Key), GrainContext.GrainId, month);
            }
            catch
            {
                month.State = before;
                throw;
            }
        }

        if (over.Length > 0)
        {
            _state = _state with { Days = _state.Days.RemoveRange(over.Select(line => line.Key)) };
        }
    }

    private async Task<GrainState<LedgerMonth>> MonthAsync(DateOnly month)
    {
        if (!_months.TryGetValue(Name(month), out var known))
        {
            var read = new GrainState<LedgerMonth>(new LedgerMonth());
            await storage.ReadStateAsync(Name(month), GrainContext.GrainId, read);
            read.State ??= new LedgerMonth();
            CheckVersion(read.State.Version);

            // Somebody else may have read it meanwhile, and even written.
            _months.TryAdd(Name(month), read);
            known = _months[Name(month)];
        }

        return known;
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        if ((_state.Open.Count == 0 && _state.Closed.Count == 0) || _superseded)
        {
            return;
        }

        // An entry that is open has somebody to wait for.
        var tenant = this.GetPrimaryKeyString();
        DelayDeactivation(Ledger.Asking + Ledger.Asking);
        var (state, ask) = Ledger.Sweep(_state, time.GetUtcNow(), IsAlive);
        Change(state);
        try
        {
            await SaveAsync();
            await Task.WhenAll(ask.Select(AskAsync));
        }
#pragma warning disable CA1031 // Whatever it was, the next sweep tries again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogSweep(logger, tenant, error);
        }
    }

    private async Task AskAsync(string entry)
    {
        if (!_state.Open.TryGetValue(entry, out var open) || !SessionId.TryParse(entry, out var session))
        {
            return;
        }

        var key = new SessionKey(open.Model, this.GetPrimaryKeyString(), session);
        if (!await GrainFactory.GetGrain<IMeteredGrain>(key.ToString()).Settle())
        {
            Change(Ledger.Forget(_state, entry));
        }
    }

    private bool IsAlive(string sender)
    {
        try
        {
            return silos.GetApproximateSiloStatus(SiloAddress.FromParsableString(sender))
                is SiloStatus.Joining or SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or OverflowException)
        {
            // No process of this cluster.
            return false;
        }
    }

    private void CheckVersion(int version)
    {
        if (version > LedgerState.CurrentVersion)
        {
            throw new NotSupportedException($"the ledger of '{this.GetPrimaryKeyString()}' was stored by a newer version ({version}) than this one ({LedgerState.CurrentVersion}) knows");
        }
    }

    private static string Name(DateOnly month) => month.ToString("'ledger-'yyyy-MM", CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Information, Message = "the ledger of {Tenant} could not be brought up to date; it tries again")]
    private static partial void LogSweep(ILogger logger, string tenant, Exception error);
}
