using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Foxtrot.Cluster.Workers;

/// <summary>How a worker leaves.</summary>
public sealed record DrainOptions
{
    /// <summary>How long running sequences may finish before they move to other workers. 0 s to 1 h, default 5 s.</summary>
    public TimeSpan Finish { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long moving may take. 1 s to 1 h, default 20 s.</summary>
    public TimeSpan Move { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>
/// Before a worker stops, it takes no new sessions, lets the running ones finish for a while, and moves the rest. Runs before any
/// other part of the host stops.
/// </summary>
internal sealed partial class WorkerDrain(
    WorkerRuntime runtime, ILoadReports reports, DrainOptions options, TimeProvider time, ILogger<WorkerDrain> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        runtime.StartDraining();
        await reports.ReportNow();
        await WaitAsync(options.Finish, cancellationToken);
        if (runtime.Active.Count == 0)
        {
            return;
        }

        LogMoving(logger, runtime.Active.Count);
        try
        {
            await Task.WhenAll(runtime.Active.Select(session => session.Leave())).WaitAsync(options.Move, time, cancellationToken);
        }
#pragma warning disable CA1031 // What cannot be moved resumes elsewhere from its last checkpoint.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotMoved(logger, error);
        }

        await WaitAsync(options.Move, cancellationToken);
    }

    private async Task WaitAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();

        // A session that has left may have a sequence on the engine until its step ends.
        while ((runtime.Active.Count > 0 || runtime.Sequences > 0) && time.GetElapsedTime(start) < most)
        {
            await Task.Delay(Poll, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sessions} sessions move to other workers")]
    private static partial void LogMoving(ILogger logger, int sessions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "not every session could be moved; those resume from their last checkpoint")]
    private static partial void LogNotMoved(ILogger logger, Exception error);
}
