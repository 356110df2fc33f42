using CsCheck;
using Foxtrot.Inference.Batching;

namespace Foxtrot.Inference.Tests.Batching;

public sealed class SchedulerTests
{
    private static readonly SchedulerLimits Limits = new(StepTokenBudget: 64, PrefillChunk: 32);

    [Fact]
    public void Nothing_to_do_gives_an_empty_plan() =>
        Assert.True(Plan(decodeRows: 0, free: 4, [], []).IsEmpty);

    [Fact]
    public void Every_decode_row_is_fed_in_every_step()
    {
        Assert.Equal(new StepPlan(7, PrefillKind.None, 0, 0), Plan(decodeRows: 7, free: 0, [], [5]));
        Assert.Equal(7, Plan(decodeRows: 7, free: 1, [100], []).DecodeRows);
    }

    [Fact]
    public void Without_a_free_slot_sequences_wait() =>
        Assert.Equal(PrefillKind.None, Plan(decodeRows: 3, free: 0, [], [5, 6]).Prefill);

    [Fact]
    public void Short_prompts_are_fed_together_padded_to_the_longest() =>
        Assert.Equal(new StepPlan(0, PrefillKind.AdmitBatch, 3, 8), Plan(decodeRows: 0, free: 4, [], [5, 8, 3]));

    [Fact]
    public void A_batch_of_prompts_ends_where_padding_would_break_the_budget() =>
        Assert.Equal(new StepPlan(1, PrefillKind.AdmitBatch, 2, 10), Plan(decodeRows: 1, free: 4, [], [8, 9, 11, 2]));

    [Fact]
    public void A_batch_of_prompts_takes_no_more_than_the_free_slots() =>
        Assert.Equal(2, Plan(decodeRows: 0, free: 2, [], [3, 3, 3]).Sequences);

    [Fact]
    public void Prompts_are_padded_to_an_even_width()
    {
        Assert.Equal(new StepPlan(0, PrefillKind.AdmitBatch, 1, 2), Plan(decodeRows: 0, free: 1, [], [1]));
        Assert.Equal(new StepPlan(0, PrefillKind.AdmitBatch, 1, 18), Plan(decodeRows: 0, free: 1, [], [17]));
    }

    [Fact]
    public void A_long_prompt_is_admitted_with_its_first_chunk() =>
        Assert.Equal(new StepPlan(2, PrefillKind.Admit, 1, 32), Plan(decodeRows: 2, free: 1, [], [100, 3]));

    [Fact]
    public void A_sequence_that_has_begun_its_prompt_goes_on_before_others_are_admitted() =>
        Assert.Equal(new StepPlan(1, PrefillKind.Continue, 1, 20), Plan(decodeRows: 1, free: 2, [20], [3]));

    [Fact]
    public void Decode_rows_leave_less_of_the_budget_to_prompts_but_never_nothing()
    {
        Assert.Equal(24, Plan(decodeRows: 40, free: 1, [100], []).Width);
        Assert.Equal(SchedulerLimits.MinPrefill, Plan(decodeRows: 500, free: 1, [100], []).Width);
    }

    [Fact]
    public void While_nobody_generates_a_prompt_may_use_the_whole_budget()
    {
        Assert.Equal(new StepPlan(0, PrefillKind.Admit, 1, 64), Plan(decodeRows: 0, free: 1, [], [100]));
        Assert.Equal(new StepPlan(0, PrefillKind.Continue, 1, 64), Plan(decodeRows: 0, free: 1, [80], []));
    }

    [Fact]
    public void The_last_chunk_of_a_prompt_is_what_remains() =>
        Assert.Equal(new StepPlan(1, PrefillKind.Continue, 1, 1), Plan(decodeRows: 1, free: 2, [1], [3]));

    [Fact]
    public void The_first_sequence_of_a_tenant_does_not_wait_for_longer_ones_of_tenants_that_have_slots()
    {
        // The first tenant generates and waits; the second one is new and as far.
        var choices = new StepChoices(8);
        var plan = Scheduler.Plan(
            new SchedulerSnapshot
            {
                DecodeRows = 2,
                FreeSlots = 6,
                Tenants = new[] { new TenantShare(0, 1, 2, 0, 2), new TenantShare(0, 1, 0, 2, 2), new TenantShare(0, 1, 0, 4, 1) },
                Heads = new WaitingHead[] { new(9, 9), new(9, 9), new(4, 4), new(4, 4), new(5, 5) },
            },
            Limits,
            choices);
        Assert.Equal(new StepPlan(2, PrefillKind.AdmitBatch, 2, 6), plan);
        Assert.Equal([1, 2], choices.Admissions.ToArray());
    }

    [Fact]
    public void Any_plan_stays_within_slots_budget_and_queue() =>
        Gen.Select(Gen.Int[0, 80], Gen.Int[0, 8], Gen.Int[1, 200].Array[0, 3], Gen.Int[1, 200].Array[0, 12], Gen.Int[16, 128], Gen.Int[2, 128])
            .Sample((decodeRows, free, prefilling, waiting, budget, chunk) =>
            {
                var limits = new SchedulerLimits(budget, chunk);
                var plan = Plan(decodeRows, free, prefilling, waiting, limits);
                Assert.Equal(decodeRows, plan.DecodeRows);
                var padded = plan.Sequences * plan.Width;
                Assert.InRange(padded, 0, limits.PrefillAllowance(decodeRows));
                switch (plan.Prefill)
                {
                    case PrefillKind.None:
                        Assert.True(prefilling.Length == 0 && (waiting.Length == 0 || free == 0));
                        break;
                    case PrefillKind.Continue:
                        Assert.InRange(plan.Width, 1, prefilling[0]);
                        break;
                    case PrefillKind.Admit:
                        Assert.True(free > 0 && prefilling.Length == 0);
                        Assert.Equal(0, plan.Width % 2);
                        Assert.InRange(plan.Width, 2, waiting[0]);
                        break;
                    default:
                        Assert.InRange(plan.Sequences, 1, Math.Min(free, waiting.Length));
                        Assert.Equal(0, plan.Width % 2);
                        Assert.InRange(waiting.Take(plan.Sequences).Max(), plan.Width - 1, plan.Width);
                        break;
                }
            });

    private static StepPlan Plan(int decodeRows, int free, int[] prefilling, int[] waiting) => Plan(decodeRows, free, prefilling, waiting, Limits);

    private static StepPlan Plan(int decodeRows, int free, int[] prefilling, int[] waiting, SchedulerLimits limits) =>
        Scheduler.Plan(
            new SchedulerSnapshot
            {
                DecodeRows = decodeRows,
                FreeSlots = free,
                Prefilling = prefilling.Select(run => new PrefillRow(0, run)).ToArray(),
                Tenants = new[] { new TenantShare(0, 1, decodeRows + prefilling.Length, 0, waiting.Length) },
                Heads = waiting.Select(run => new WaitingHead(run, run)).ToArray(),
            },
            limits,
            new StepChoices(decodeRows + prefilling.Length + free));
}
