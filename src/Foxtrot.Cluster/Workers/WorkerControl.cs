using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace Foxtrot.Cluster.Workers;

/// <summary>What administrators tell a silo: one per silo.</summary>
[Alias("foxtrot.IWorkerControl")]
internal interface IWorkerControl : IGrainService
{
    /// <summary>Takes no new sessions from now on, and begins to move those there are.</summary>
    /// <returns>Whether it is a worker at all; by then the other silos know.</returns>
    [Alias("Drain"), AlwaysInterleave]
    Task<bool> Drain();
}

/// <inheritdoc cref="IWorkerControl"/>
internal sealed class WorkerControl(GrainId id, Silo silo, ILoggerFactory loggers, IServiceProvider services) : GrainService(id, silo, loggers), IWorkerControl
{
    private Task? _moving;

    /// <inheritdoc/>
    public async Task<bool> Drain()
    {
        if (services.GetService<WorkerDrain>() is not { } drain)
        {
            return false;
        }

        await drain.AnnounceAsync();
        if (_moving is not { IsCompleted: false })
        {
            // It may take minutes: who asked looks at the worker's load instead.
            var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            _moving = Task.Run(() => drain.MoveAsync(stopping), CancellationToken.None);
        }

        return true;
    }
}

/// <summary>Reaches the controls of all silos.</summary>
internal sealed class WorkerControlClient(IServiceProvider services) : GrainServiceClient<IWorkerControl>(services)
{
    /// <summary>The control of a silo.</summary>
    public IWorkerControl On(SiloAddress silo) => GetGrainService(silo);
}
