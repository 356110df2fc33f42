using System.Globalization;
using Foxtrot.Process.Tests.Processes;

namespace Foxtrot.Process.Tests.Soak;

/// <summary>Workers join, and the oldest but one drains or is killed, in turn, for as long as the soak lasts.</summary>
/// <param name="cluster">The cluster; its first worker is left alone, so that its memory can be followed.</param>
/// <param name="settings">How often.</param>
/// <param name="changed">Called when processes have come or gone.</param>
/// <param name="say">Hears what happens.</param>
internal sealed class SoakDisturbance(FoxtrotCluster cluster, SoakSettings settings, Action changed, Action<string> say)
{
    private int _joined;
    private int _drained;
    private int _killed;

    /// <summary>Processes that ended although nobody touched them, as when a busy machine makes one miss its probes.</summary>
    public int Casualties { get; private set; }

    /// <summary>Workers that drained or were killed.</summary>
    public int Left => _drained + _killed;

    /// <summary>Goes on until it is stopped; leaves the cluster with as many workers as it had.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(settings.Every);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await ReplaceCasualtiesAsync();
                await JoinAsync();
                await (Left % 2 == 0 ? DrainAsync() : KillAsync());
            }
        }
        catch (OperationCanceledException)
        {
            await ReplaceCasualtiesAsync();
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{_joined} workers joined, {_drained} drained after SIGTERM, {_killed} were killed (-9), {Casualties} ended untouched");

    private async Task JoinAsync()
    {
        cluster.Workers.Add(await cluster.StartWorkerAsync());
        _joined++;
        changed();
    }

    private async Task DrainAsync()
    {
        var leaving = cluster.Workers[1];
        leaving.Send(Signal.Terminate);
        var exit = await Deadline.Within(leaving.Exit, $"{leaving.Name} ends after SIGTERM", cluster.Describe);
        cluster.Workers.Remove(leaving);
        if (exit == 0)
        {
            _drained++;
        }
        else
        {
            Casualties++;
            say($"{leaving.Name} exited with {exit} after SIGTERM: {leaving.Describe()}");
        }

        await leaving.DisposeAsync();
        changed();
    }

    private async Task KillAsync()
    {
        var victim = cluster.Workers[1];
        cluster.Workers.Remove(victim);
        await victim.DisposeAsync();
        _killed++;
        changed();
    }

    private async Task ReplaceCasualtiesAsync()
    {
        foreach (var gone in cluster.Workers.Where(worker => worker.Exit.IsCompleted).ToArray())
        {
            Casualties++;
            say($"ended untouched: {gone.Describe()}");
            cluster.Workers.Remove(gone);
            cluster.Workers.Add(await cluster.StartWorkerAsync());
            changed();
        }
    }
}
