using Foxtrot.Contracts;
using Foxtrot.Contracts.Workers;

namespace Foxtrot.Client.Streams;

/// <summary>Tells exceptions that mean "the worker is gone" from bugs.</summary>
public static class WorkerLoss
{
    /// <summary>Whether calling again may succeed, on another worker.</summary>
    public static bool Is(Exception exception) => exception
        is SiloUnavailableException
        or OrleansMessageRejectionException
        or GrainExtensionNotInstalledException
        or ClientNotAvailableException
        or NoWorkerException
        or TimeoutException;

    /// <summary>The refusal that an exception amounts to for somebody who does not wait for recovery.</summary>
    public static Refusal NoWorker(Exception exception) =>
        new(RefusalKind.Unavailable, $"no worker answers for the model at the moment ({exception.GetType().Name})", Code: "no_worker", RetryAfterSeconds: 1);
}
