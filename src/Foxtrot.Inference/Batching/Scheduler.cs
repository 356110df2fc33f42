using Foxtrot.Inference.ForwardPass;

namespace Foxtrot.Inference.Batching;

/// <summary>
/// Decides what a step feeds: a pure function from a snapshot to a plan. Slots go to the waiting tenant that has been served least
/// for its weight (Virtual Token Counter; Sheng et al., OSDI 2024), and within a tenant in the order of its queue. Sequences that
/// generate never wait for prompts longer than the step's budget allows (chunked prefill; Agrawal et al. 2023, arXiv:2308.16369),
/// and prompts always progress.
/// </summary>
/// <remarks>
/// Work-conserving: no slot stays free while anybody waits, unless the step's prompts are those of earlier sequences or of tenants that
/// had no slot. Every admission goes to the least counter among the waiting tenants, so the service of any two backlogged tenants
/// differs by no more than Sheng et al. prove, with or without preemption. Thread-safe; allocates nothing.
/// </remarks>
public static class Scheduler
{
    /// <summary>Plans one step.</summary>
    /// <param name="snapshot">The state.</param>
    /// <param name="limits">The bounds.</param>
    /// <param name="choices">Takes who gets and who gives up slots.</param>
    public static StepPlan Plan(in SchedulerSnapshot snapshot, in SchedulerLimits limits, StepChoices choices)
    {
        choices.Restart(snapshot.Tenants);
        var allowance = limits.PrefillAllowance(snapshot.DecodeRows);
        if (snapshot.Prefilling.Length > 0)
        {
            return Continue(snapshot, limits, choices, allowance);
        }

        // As many first runs in order as fit when padded to the longest of them; one that is too long goes alone, in part. Nobody whose
        // tenant has tokens already makes a pass longer that gives other tenants their first.
        var width = 0;
        var isFirst = false;
        while (LeastServed(snapshot, choices) is var tenant and >= 0)
        {
            ref readonly var share = ref snapshot.Tenants[tenant];
            ref readonly var head = ref snapshot.Heads[share.FirstHead + choices.Taken(tenant)];
            var sequences = choices.Admissions.Length;
            var wider = Math.Max(width, ForwardRunner.RunWidth(head.Run));
            if ((sequences > 0 && (wider * (sequences + 1) > allowance || (isFirst && share.Running > 0)))
                || !TryTakeSlot(snapshot, limits, choices, tenant))
            {
                break;
            }

            isFirst |= share.Running == 0;
            choices.Admit(tenant, head.Charge / share.Weight);
            if (head.Run > allowance)
            {
                return Decided(snapshot, choices, PrefillKind.Admit, allowance);
            }

            width = wider;
        }

        return Decided(snapshot, choices, width > 0 ? PrefillKind.AdmitBatch : PrefillKind.None, width);
    }

    // Whose prompts are under way goes on with them, the one served least first. Only a tenant that has no slot yet, and is not ahead,
    // goes before: its first token does not wait for the long prompts of others.
    private static StepPlan Continue(in SchedulerSnapshot snapshot, in SchedulerLimits limits, StepChoices choices, int allowance)
    {
        var next = 0;
        if (snapshot.Tenants.Length > 1)
        {
            for (var i = 1; i < snapshot.Prefilling.Length; i++)
            {
                next = choices.Counter(snapshot.Prefilling[i].Tenant) < choices.Counter(snapshot.Prefilling[next].Tenant) ? i : next;
            }

            var tenant = LeastServed(snapshot, choices);
            if (tenant >= 0
                && choices.Running(tenant) == 0
                && choices.Counter(tenant) <= choices.Counter(snapshot.Prefilling[next].Tenant)
                && TryTakeSlot(snapshot, limits, choices, tenant))
            {
                ref readonly var share = ref snapshot.Tenants[tenant];
                ref readonly var head = ref snapshot.Heads[share.FirstHead];
                choices.Admit(tenant, head.Charge / share.Weight);
                return Decided(snapshot, choices, PrefillKind.Admit, Math.Min(head.Run, allowance));
            }
        }

        choices.Continue(next);
        return new StepPlan(snapshot.DecodeRows, PrefillKind.Continue, 1, Math.Min(snapshot.Prefilling[next].Run, allowance));
    }

    private static StepPlan Decided(in SchedulerSnapshot snapshot, StepChoices choices, PrefillKind prefill, int width) =>
        new(snapshot.DecodeRows - choices.Preemptions.Length, prefill, choices.Admissions.Length, width, choices.Preemptions.Length);

    private static bool TryTakeSlot(in SchedulerSnapshot snapshot, in SchedulerLimits limits, StepChoices choices, int tenant)
    {
        if (choices.Admissions.Length - choices.Preemptions.Length < snapshot.FreeSlots)
        {
            return true;
        }

        var row = Preemption.Victim(snapshot, limits, choices, tenant);
        if (row < 0)
        {
            return false;
        }

        choices.Preempt(row, snapshot.Rows[row].Tenant);
        return true;
    }

    // The waiting tenant with the least counter; among equals the one with fewer slots for its weight.
    private static int LeastServed(in SchedulerSnapshot snapshot, StepChoices choices)
    {
        var least = -1;
        for (var tenant = 0; tenant < snapshot.Tenants.Length; tenant++)
        {
            ref readonly var share = ref snapshot.Tenants[tenant];
            if (choices.Taken(tenant) == share.Heads)
            {
                continue;
            }

            if (least < 0 || choices.Counter(tenant) < choices.Counter(least))
            {
                least = tenant;
            }
            else if (choices.Counter(tenant).Equals(choices.Counter(least))
                && choices.Running(tenant) * snapshot.Tenants[least].Weight < choices.Running(least) * share.Weight)
            {
                least = tenant;
            }
        }

        return least;
    }
}
