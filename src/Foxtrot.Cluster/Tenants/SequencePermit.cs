namespace Foxtrot.Cluster.Tenants;

/// <summary>The right of one sequence to be on a worker, until it is disposed of.</summary>
/// <remarks>Thread-safe; disposing of it again does nothing.</remarks>
public sealed class SequencePermit : IDisposable
{
    private TenantLeases? _leases;

    internal SequencePermit(TenantLeases? leases) => _leases = leases;

    /// <summary>The permit of a tenant without a limit.</summary>
    internal static SequencePermit Free { get; } = new(null);

    /// <summary>Gives it back once something has ended, however.</summary>
    public void ReleaseAfter(Task end) => _ = end.ContinueWith(
        static (_, permit) => ((SequencePermit)permit!).Dispose(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _leases, null)?.ReleasePermit();
}
