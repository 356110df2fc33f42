namespace Foxtrot.Cluster.Workers;

/// <summary>A model's queue as a sequence meets it that is about to join.</summary>
/// <param name="Slots">Sequences that run at once.</param>
/// <param name="Running">Sequences with a slot.</param>
/// <param name="Waiting">Sequences without one.</param>
/// <param name="TenantRunning">Of those that run, the tenant's.</param>
/// <param name="TenantWaiting">Of those that wait, the tenant's.</param>
/// <param name="Share">The tenant's weight among those of all active tenants, its own included: more than 0, at most 1.</param>
/// <param name="MeanHold">How long a sequence holds a slot on average; zero when nobody knows yet.</param>
internal readonly record struct QueueState(
    int Slots, int Running, int Waiting, int TenantRunning, int TenantWaiting, double Share, TimeSpan MeanHold);

/// <summary>How long a sequence that joins the queue now is going to wait for a slot; a pure function.</summary>
/// <remarks>
/// With all slots in use, one falls free every mean hold time divided by the slots. A tenant is sure of its share of them: beyond
/// the sequences that fit into its share, each has to wait for one of the tenant's own slots; within it, it is served almost at once,
/// by preemption if need be. What others leave, everybody gets in turn: the wait is never longer than if the whole queue were served in the order of
/// arrival. The shorter of the two is the prediction. Priorities are not looked at.
/// </remarks>
internal static class PredictedWait
{
    /// <summary>The predicted wait; zero when a slot is free or hold times are unknown.</summary>
    public static TimeSpan Of(in QueueState queue)
    {
        if (queue.Running < queue.Slots)
        {
            return TimeSpan.Zero;
        }

        var own = queue.Slots * queue.Share;
        var inTurn = (queue.Waiting + 1.0) / queue.Slots;
        var byShare = Math.Max(queue.TenantRunning + queue.TenantWaiting + 1 - own, 0) / own;
        return queue.MeanHold * Math.Min(inTurn, byShare);
    }
}
