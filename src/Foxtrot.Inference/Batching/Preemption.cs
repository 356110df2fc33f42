namespace Foxtrot.Inference.Batching;

/// <summary>Who gives up a slot when none is free, for the waiting tenant with the least service.</summary>
/// <remarks>
/// A slot goes from a tenant that holds more than its weighted share of the slots to one that holds less, and only when
/// <list type="bullet">
/// <item>the one that waits is owed more service than a bound: its lag times its weight exceeds <see cref="SchedulerLimits.PreemptionLead"/>; or</item>
/// <item>it holds no slot at all, is not ahead of the other one, and would not hold more slots per weight with one than the other
/// one now. This gives a tenant its first token at once.</item>
/// </list>
/// Giving up stops where shares are reached, so slots do not swing from one tenant to the other; what lag then remains is made up
/// when slots fall free, by the order of admission. A sequence that is rebuilt has to earn what the rebuild cost before it can be
/// preempted again. Its rebuilds are therefore at most logarithmic in its length, and never cost more than it was served in between.
/// Pure; allocates nothing.
/// </remarks>
public static class Preemption
{
    /// <summary>Sequences that are preempted in one step at most, so that a step never rebuilds more than a handful.</summary>
    public const int MostPerStep = 8;

    /// <summary>The decode row whose slot a tenant takes over; −1 when nobody has to make room.</summary>
    /// <param name="snapshot">The state before the step.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="choices">What has been chosen so far.</param>
    /// <param name="tenant">Index of the waiting tenant with the least service.</param>
    internal static int Victim(in SchedulerSnapshot snapshot, in SchedulerLimits limits, StepChoices choices, int tenant)
    {
        if (snapshot.Rows.IsEmpty || choices.Preemptions.Length == MostPerStep)
        {
            return -1;
        }

        double weights = 0;
        foreach (ref readonly var share in snapshot.Tenants)
        {
            weights += share.Weight;
        }

        var slotsPerWeight = (snapshot.DecodeRows + snapshot.Prefilling.Length + snapshot.FreeSlots) / weights;
        var weight = snapshot.Tenants[tenant].Weight;
        if (choices.Running(tenant) >= slotsPerWeight * weight)
        {
            return -1;
        }

        var victim = -1;
        for (var row = 0; row < snapshot.Rows.Length; row++)
        {
            ref readonly var candidate = ref snapshot.Rows[row];
            if (candidate.NewTokens < Math.Max(limits.PreemptionQuantum, candidate.Replayed) || choices.Preemptions.Contains(row))
            {
                continue;
            }

            var other = candidate.Tenant;
            var otherWeight = snapshot.Tenants[other].Weight;
            var lag = choices.Counter(other) - choices.Counter(tenant);
            if (other == tenant || choices.Running(other) <= slotsPerWeight * otherWeight)
            {
                continue;
            }

            var isOwed = lag * weight > limits.PreemptionLead;
            var isDueOne = choices.Running(tenant) == 0 && lag >= 0 && choices.Running(other) * weight > otherWeight;
            if ((isOwed || isDueOne) && (victim < 0 || Precedes(candidate, snapshot.Rows[victim], choices)))
            {
                victim = row;
            }
        }

        return victim;
    }

    // Of the tenant furthest ahead, the sequence that matters least to it, and of those the cheapest to rebuild.
    private static bool Precedes(in DecodeRow row, in DecodeRow other, StepChoices choices)
    {
        var ahead = choices.Counter(row.Tenant).CompareTo(choices.Counter(other.Tenant));
        if (ahead != 0)
        {
            return ahead > 0;
        }

        return row.Priority != other.Priority ? row.Priority < other.Priority : row.RebuildCost < other.RebuildCost;
    }
}
