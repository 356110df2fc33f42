namespace Foxtrot.Cluster.Tenants;

/// <summary>Whether what this process knows of the tenants may still be relied on.</summary>
/// <remarks>Thread-safe.</remarks>
public interface ITenantFollower
{
    /// <summary>Why keys cannot be checked now, for people; null while they can. Reading it waits for nothing.</summary>
    string? Doubt { get; }

    /// <summary>Waits until the directory has answered for the first time.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, or the process stops.</exception>
    Task WaitAsync(CancellationToken cancellationToken);

    /// <summary>Asks the directory at once, so that who has just changed something sees it here; without effect when nobody answers.</summary>
    Task CatchUpAsync();
}

/// <summary>Follows nothing, because there is nothing to know.</summary>
internal sealed class NothingToFollow : ITenantFollower
{
    public string? Doubt => null;

    public Task WaitAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CatchUpAsync() => Task.CompletedTask;
}
