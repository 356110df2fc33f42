using Foxtrot.Contracts.Workers;

namespace Foxtrot.Client;

/// <summary>Tells the exceptions of calls to the cluster apart.</summary>
public static class CallFailure
{
    // Orleans has no types of their own for these: a cluster whose silos all lack a grain class cannot name a grain, nor place one.
    private const string NoClass = "Could not find an implementation for interface";
    private const string NoSilo = "No active nodes are compatible with grain";

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
}
