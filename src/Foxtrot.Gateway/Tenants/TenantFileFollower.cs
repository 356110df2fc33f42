using Foxtrot.Cluster.Tenants;
using Foxtrot.Contracts.Tenants;
using Foxtrot.Contracts.Workers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Gateway.Tenants;

/// <summary>Brings the tenants of a file into the directory, at the start and whenever the file changes.</summary>
/// <remarks>A changed file that is wrong is logged, and the tenants stay as they were. Thread-safe.</remarks>
public sealed partial class TenantFileFollower : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource _imported = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _path;
    private readonly IGrainFactory _grains;
    private readonly ITenantFollower _follower;
    private readonly TimeProvider _time;
    private readonly ILogger<TenantFileFollower> _logger;

    internal TenantFileFollower(string path, IGrainFactory grains, ITenantFollower follower, TimeProvider time, ILogger<TenantFileFollower> logger)
    {
        _path = path;
        _grains = grains;
        _follower = follower;
        _time = time;
        _logger = logger;
    }

    /// <summary>Waits until the file's tenants are in force here.</summary>
    /// <exception cref="TenantFileException">The file, or the directory's tenants beside it, do not allow it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, or the process stops.</exception>
    public Task WaitAsync(CancellationToken cancellationToken) => _imported.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        (DateTime, long)? done = null;
        try
        {
            do
            {
                var stamp = Stamp();
                if (stamp != done && await TryImportAsync())
                {
                    done = stamp;
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            _imported.TrySetCanceled(stoppingToken);
        }
    }

    /// <returns>Whether this version of the file is dealt with; false when nobody answered.</returns>
    private async Task<bool> TryImportAsync()
    {
        try
        {
            var tenants = TenantFile.Read(_path);
            if (await _grains.GetGrain<ITenantDirectoryGrain>(ITenantDirectoryGrain.Key).Import(tenants, AdminActor.File) is { } refusal)
            {
                throw new TenantFileException($"{_path}: {refusal.Message}");
            }

            await _follower.CatchUpAsync();
            _imported.TrySetResult();
            LogImported(_logger, _path, tenants.Length);
            return true;
        }
        catch (TenantFileException wrong)
        {
            LogWrong(_logger, wrong.Message);
            _imported.TrySetException(wrong);
            return true;
        }
        catch (Exception lost) when (WorkerLoss.Is(lost))
        {
            LogUnanswered(_logger, lost);
            return false;
        }
    }

    // A file that is missing for a moment, while it is replaced, is a version too: it is wrong until it is back.
    private (DateTime, long) Stamp()
    {
        var file = new FileInfo(_path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    [LoggerMessage(6, LogLevel.Information, "{Path}: {Tenants} tenants are in the directory")]
    private static partial void LogImported(ILogger logger, string path, int tenants);

    [LoggerMessage(7, LogLevel.Error, "The tenants file is wrong, and the tenants stay as they are. {Reason}")]
    private static partial void LogWrong(ILogger logger, string reason);

    [LoggerMessage(8, LogLevel.Debug, "The tenants file waits for the directory")]
    private static partial void LogUnanswered(ILogger logger, Exception lost);
}
