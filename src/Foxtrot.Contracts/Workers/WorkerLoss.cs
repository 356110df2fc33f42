namespace Foxtrot.Contracts.Workers;

/// <summary>Tells exceptions that mean "the worker is gone" from bugs.</summary>
public static class WorkerLoss
{
    // Orleans has no types of their own for these: a cluster whose silos all lack a grain class cannot name a grain, nor place one.
    private const string NoClass = "Could not find an implementation for interface";
    private const string NoSilo = "No active nodes are compatible with grain";

    /// <summary>
    /// Whether calling again may succeed, on another worker. Everything that Orleans itself throws counts: a lost silo, a rejected
    /// message, an activation that found that another one had written, and look-ups that it cancels while the cluster changes. Callers
    /// rule out first that they cancelled themselves.
    /// </summary>
    public static bool Is(Exception exception) => IsNoWorker(exception) || exception
        is OrleansException
        or TimeoutException
        or OperationCanceledException;

    /// <summary>
    /// Whether a call, or asking for the grain to call, failed because no worker has the model, or there is no worker at all. Trying
    /// again makes sense once one has joined.
    /// </summary>
    public static bool IsNoWorker(Exception exception) => exception switch
    {
        NoWorkerException => true,
        ArgumentException argument => argument.Message.StartsWith(NoClass, StringComparison.Ordinal),
        OrleansException orleans => orleans.Message.Contains(NoSilo, StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>The refusal that an exception amounts to for somebody who does not wait for recovery.</summary>
    public static Refusal NoWorker(Exception exception) =>
        new(RefusalKind.Unavailable, $"no worker answers for the model at the moment ({exception.GetType().Name})", Code: "no_worker", RetryAfterSeconds: 1);
}
