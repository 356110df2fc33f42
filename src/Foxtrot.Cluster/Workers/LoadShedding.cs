using Foxtrot.Contracts;
using Foxtrot.Contracts.Tenants;

namespace Foxtrot.Cluster.Workers;

/// <summary>Turns a sequence away at once that would wait for too long, rather than let it wait in vain.</summary>
internal static class LoadShedding
{
    private const int LongestRetry = 3600;

    /// <summary>Why a sequence is turned away; null when it may join.</summary>
    /// <param name="model">Where.</param>
    /// <param name="tenant">Whose sequence it is.</param>
    /// <param name="limits">What the tenant may use; null for no limits.</param>
    /// <param name="queue">The queue without the sequence.</param>
    public static Refusal? Refuse(WorkerModel model, string tenant, TenantLimits? limits, in QueueState queue)
    {
        if (queue.Running < queue.Slots)
        {
            return null;
        }

        var wait = PredictedWait.Of(queue);
        if (queue.Waiting >= model.QueueLimit)
        {
            return new(
                RefusalKind.QueueFull,
                $"the queue of model '{model.Info.Name}' must have at most {model.QueueLimit} waiting sequences, and has {queue.Waiting}",
                Code: "queue_full",
                RetryAfterSeconds: Seconds(wait));
        }

        if (limits?.QueueLength is { } most && queue.TenantWaiting + model.WaitingElsewhere(tenant) is var waiting && waiting >= most)
        {
            return new(
                RefusalKind.QueueFull,
                $"queue_length: tenant '{tenant}' must have at most {most} waiting sequences, and has {waiting}",
                Code: "tenant_queue_full",
                RetryAfterSeconds: Seconds(wait));
        }

        return limits?.MaxWaitSeconds is { } longest && wait.TotalSeconds > longest
            ? new(
                RefusalKind.QueueFull,
                FormattableString.Invariant($"max_wait_seconds: a sequence of tenant '{tenant}' must not wait longer than {longest:0.###} s for a slot, and would wait {wait.TotalSeconds:0.###} s"),
                Code: "wait_too_long",
                RetryAfterSeconds: Seconds(wait - TimeSpan.FromSeconds(longest)))
            : null;
    }

    private static int Seconds(TimeSpan wait) => (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, LongestRetry);
}
