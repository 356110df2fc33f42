using CsCheck;
using Foxtrot.Inference.Batching;

namespace Foxtrot.Inference.Tests.Batching;

/// <summary>What tenants can rely on, on the pure scheduler with sequences of known lengths.</summary>
public sealed class FairShareTests
{
    private const int Context = 48;
    private static readonly SchedulerLimits Limits = new(StepTokenBudget: 64, PrefillChunk: 32);

    private static readonly Gen<Workload> AnyWorkload = Gen.Select(
        Gen.Int[1, 8], Gen.Double[0.25, 4].Array[2, 5], Gen.Int[16, 96], Gen.Int[2, 64], Gen.Double[0, 400], Gen.Int[1, 20], Gen.Int[0, 1 << 20],
        (slots, weights, budget, chunk, lead, quantum, seed) => new Workload(slots, weights, new SchedulerLimits(budget, chunk, lead, quantum), seed));

    /// <remarks>
    /// The bound of Sheng et al., Theorem 4.4, is 2·max(w_p·L_input, w_q·M), with w_p and w_q the prices of prompt and generated tokens,
    /// L_input the longest prompt and M the tokens that fit in a batch. With weights, and slots of C positions instead of one pool:
    /// take a tenant f and the last step in which it was given a slot. It then had the least counter of all who waited, g included, for
    /// every admission goes to the least, the charges of earlier ones in the same step counted. Since then f has been charged for the
    /// prompt of that admission, and for what its sequences in the slots have generated. None of them came later, so they are S at most,
    /// and each costs p + 2·o with p + o ≤ C, together at most U(f) = S·2·C / weight(f). g's counter never falls, so f leads g
    /// by at most U(f), at any time. Chunks add nothing, because the whole prompt is charged at admission; batches add nothing, because
    /// they end at the first sequence that does not fit; preempted sequences are not charged again, and what they have left to generate
    /// is part of their p + 2·o. Between two times the lead changes from at least −U(g) to at most U(f): by 2·max(U) in all.
    /// </remarks>
    [Fact]
    public void The_service_of_two_backlogged_tenants_differs_by_no_more_than_the_paper_proves() =>
        AnyWorkload.Sample(
            workload =>
            {
                var random = new Random(workload.Seed);
                var engine = new SimulatedEngine(workload.Slots, workload.Limits);
                var f = engine.Add(workload.Weights[0]);
                var g = engine.Add(workload.Weights[1]);
                var others = workload.Weights[2..].Select(engine.Add).ToArray();
                var bound = 2 * (double)workload.Slots * ServiceCost.GeneratedToken * Context / Math.Min(f.Weight, g.Weight);
                var (least, most) = (0.0, 0.0);
                for (var step = 0; step < 600; step++)
                {
                    Fill(engine, f, workload.Slots, random);
                    Fill(engine, g, workload.Slots, random);
                    if (others.Length > 0 && random.Next(3) == 0)
                    {
                        Submit(engine, others[random.Next(others.Length)], random);
                    }

                    engine.Step();
                    var lead = (f.Service / f.Weight) - (g.Service / g.Weight);
                    (least, most) = (Math.Min(least, lead), Math.Max(most, lead));
                    Assert.True(most - least <= bound, $"the lead went from {least} to {most}, by more than {bound}");
                }
            },
            iter: 150);

    /// <remarks>
    /// Until a sequence is admitted, its tenant is served what waits before it, at most q sequences, and everybody else what the bound
    /// above and the weights allow on top. Each step serves at least one token or replays one, and replays are never more than
    /// what was served before, plus one rebuild for each slot.
    /// </remarks>
    [Fact]
    public void Every_waiting_sequence_gets_a_slot_after_a_bounded_number_of_steps() =>
        AnyWorkload.Sample(
            workload =>
            {
                var random = new Random(workload.Seed);
                var engine = new SimulatedEngine(workload.Slots, workload.Limits);
                foreach (var weight in workload.Weights)
                {
                    engine.Add(weight);
                }

                const int queue = 3;
                var longest = 2.0 * Context;
                var service = workload.Weights.Sum(w => (w / workload.Weights.Min() * (queue + workload.Slots) * longest) + (workload.Slots * longest));
                var bound = (int)(2 * service) + (workload.Slots * 2 * Context);
                while (engine.Steps < 800 || (engine.Steps < bound && engine.Tenants.Any(t => t.Finished == 0)))
                {
                    foreach (var tenant in engine.Tenants)
                    {
                        if (tenant.Waiting.Count < queue && random.Next(4) > 0)
                        {
                            Submit(engine, tenant, random);
                        }
                    }

                    engine.Step();
                    foreach (var sequence in engine.Tenants.SelectMany(t => t.Waiting).Where(s => !s.IsCharged))
                    {
                        Assert.InRange(engine.Steps - sequence.Submitted, 0, bound);
                    }
                }

                Assert.All(engine.Tenants, tenant => Assert.True(tenant.Finished > 0));
            },
            iter: 100);

    [Fact]
    public void A_lone_tenant_gets_everything_and_is_never_preempted() =>
        AnyWorkload.Sample(
            workload =>
            {
                var random = new Random(workload.Seed);
                var engine = new SimulatedEngine(workload.Slots, workload.Limits);
                var tenant = engine.Add(workload.Weights[0]);
                for (var step = 0; step < 200; step++)
                {
                    Fill(engine, tenant, workload.Slots, random);
                    engine.Step();
                }

                Assert.Equal(0, engine.Preemptions);
            },
            iter: 50);

    [Theory]
    [InlineData(64, 16, 96)]
    [InlineData(64, 120, 30)]
    [InlineData(8, 16, 200)]
    public void Weights_of_one_and_three_receive_service_of_one_and_three(int clients, int prompt, int output)
    {
        var random = new Random(1);
        var engine = new SimulatedEngine(clients, new SchedulerLimits(256, 128));
        SimulatedTenant[] tenants = [engine.Add(1), engine.Add(3)];

        // The lighter one comes first and holds all slots.
        var before = new long[2];
        for (var step = 0; step < 12_000; step++)
        {
            for (var t = 0; t < (step < 50 ? 1 : 2); t++)
            {
                while (tenants[t].Running + tenants[t].Waiting.Count < clients)
                {
                    engine.Submit(tenants[t], random.Next(1, 2 * prompt), random.Next(1, 2 * output));
                }
            }

            engine.Step();
            if (step == 2000)
            {
                before = [tenants[0].Service, tenants[1].Service];
            }
        }

        Assert.InRange((tenants[1].Service - before[1]) / (double)(tenants[0].Service - before[0]), 3 * 0.95, 3 * 1.05);
    }

    [Fact]
    public void A_tenant_without_a_slot_gets_its_first_one_at_once()
    {
        var engine = new SimulatedEngine(8, new SchedulerLimits(256, 128));
        var (greedy, light) = (engine.Add(), engine.Add());
        for (var i = 0; i < 64; i++)
        {
            engine.Submit(greedy, 10, 1000);
        }

        for (var step = 0; step < 10; step++)
        {
            engine.Step();
        }

        Assert.Equal(8, greedy.Running);
        var sequence = engine.Submit(light, 10, 5);
        engine.Step();
        Assert.Equal(1, light.Running);
        Assert.Equal(1, sequence.Generated);
        Assert.Equal(1, engine.Preemptions);
        for (var step = 0; step < 5; step++)
        {
            engine.Step();
        }

        Assert.Equal(1, light.Finished);
        Assert.Equal(8, greedy.Running);
        Assert.Equal(1, engine.Preemptions);
    }

    /// <remarks>
    /// The newcomer is owed what the others generate in the slots that it lacks: 2 tokens' price a step for each. Once that passes the
    /// lead, slots change hands, eight a step, as soon as they have generated the quantum, and stop at the share.
    /// </remarks>
    [Fact]
    public void A_tenant_that_holds_every_slot_for_long_gives_up_what_is_not_its_share_once_its_lead_passes_the_bound()
    {
        var limits = new SchedulerLimits(256, 128, PreemptionLead: 500);
        var engine = new SimulatedEngine(16, limits);
        var (first, second) = (engine.Add(), engine.Add());
        for (var i = 0; i < 32; i++)
        {
            engine.Submit(first, 10, 100_000);
        }

        for (var step = 0; step < 20; step++)
        {
            engine.Step();
        }

        for (var i = 0; i < 32; i++)
        {
            engine.Submit(second, 10, 100_000);
        }

        var start = first.Counter - second.Counter;
        var most = 0.0;
        for (var step = 0; step < 2000; step++)
        {
            engine.Step();
            most = Math.Max(most, first.Counter - second.Counter);
        }

        Assert.Equal(0, start);
        Assert.Equal((8, 8), (first.Running, second.Running));
        Assert.Equal(8, engine.Preemptions);
        Assert.InRange(most, limits.PreemptionLead, limits.PreemptionLead + (4 * 2 * 16));
    }

    [Fact]
    public void Sequences_of_higher_priority_go_first_within_their_tenant_only()
    {
        var engine = new SimulatedEngine(1, Limits);
        var (a, b) = (engine.Add(), engine.Add());
        var low = engine.Submit(a, 4, 4);
        var high = engine.Submit(a, 4, 4, priority: 9);
        var later = engine.Submit(a, 4, 4, priority: 9);
        var other = engine.Submit(b, 4, 4, priority: -9);
        while (a.IsActive || b.IsActive)
        {
            engine.Step();
        }

        Assert.True(high.FirstAdmitted < other.FirstAdmitted && other.FirstAdmitted < later.FirstAdmitted && later.FirstAdmitted < low.FirstAdmitted);
    }

    [Fact]
    public void Of_a_tenant_that_has_to_make_room_the_least_important_sequence_goes_and_of_those_the_cheapest_to_rebuild()
    {
        var choices = new StepChoices(4);
        var plan = Scheduler.Plan(
            new SchedulerSnapshot
            {
                DecodeRows = 4,
                Tenants = new[] { new TenantShare(100, 1, 4, 0, 0), new TenantShare(100, 1, 0, 0, 1) },
                Heads = new[] { new WaitingHead(6, 6) },
                Rows = new[]
                {
                    new DecodeRow(0, Priority: 1, NewTokens: 50, Replayed: 0, RebuildCost: 10),
                    new DecodeRow(0, Priority: 0, NewTokens: 50, Replayed: 0, RebuildCost: 90),
                    new DecodeRow(0, Priority: 0, NewTokens: 50, Replayed: 0, RebuildCost: 40),
                    new DecodeRow(0, Priority: 0, NewTokens: 50, Replayed: 51, RebuildCost: 20),
                },
            },
            Limits,
            choices);
        Assert.Equal(new StepPlan(3, PrefillKind.AdmitBatch, 1, 6, Preemptions: 1), plan);
        Assert.Equal([2], choices.Preemptions.ToArray());
        Assert.Equal([1], choices.Admissions.ToArray());
    }

    [Fact]
    public void A_tenant_that_is_ahead_does_not_make_others_give_up_slots()
    {
        var choices = new StepChoices(2);
        var plan = Scheduler.Plan(
            new SchedulerSnapshot
            {
                DecodeRows = 2,
                Tenants = new[] { new TenantShare(100, 1, 2, 0, 0), new TenantShare(101, 1, 0, 0, 1) },
                Heads = new[] { new WaitingHead(6, 6) },
                Rows = new[] { new DecodeRow(0, 0, 50, 0, 10), new DecodeRow(0, 0, 50, 0, 10) },
            },
            Limits,
            choices);
        Assert.Equal(new StepPlan(2, PrefillKind.None, 0, 0), plan);
    }

    [Fact]
    public void The_first_token_of_a_tenant_does_not_wait_for_the_long_prompt_of_another_one()
    {
        var engine = new SimulatedEngine(4, Limits);
        var (greedy, light) = (engine.Add(), engine.Add());
        var reading = engine.Submit(greedy, 1000, 5);
        engine.Submit(greedy, 1000, 5);
        engine.Step();
        var first = engine.Submit(light, 20, 5);
        var second = engine.Submit(light, 20, 5);
        engine.Step();
        Assert.Equal((1, 0), (first.Generated, second.Generated));
        var before = reading.PromptLeft;
        engine.Step();
        Assert.True(reading.PromptLeft < before, "the long prompt does not go on");
    }

    [Fact]
    public void Batches_of_prompts_are_filled_in_the_order_of_service()
    {
        var choices = new StepChoices(5);
        Scheduler.Plan(
            new SchedulerSnapshot
            {
                FreeSlots = 5,
                Tenants = new[] { new TenantShare(10, 1, 0, 0, 3), new TenantShare(0, 2, 0, 3, 3) },
                Heads = Enumerable.Repeat(new WaitingHead(8, 8), 6).ToArray(),
            },
            Limits,
            choices);

        // The second one goes from 0 to 4 to 8 to 12 by its weight; the first one from 10 to 18.
        Assert.Equal([1, 1, 1, 0, 0], choices.Admissions.ToArray());
    }

    private static void Fill(SimulatedEngine engine, SimulatedTenant tenant, int slots, Random random)
    {
        while (tenant.Waiting.Count < slots + 2)
        {
            Submit(engine, tenant, random);
        }
    }

    private static void Submit(SimulatedEngine engine, SimulatedTenant tenant, Random random)
    {
        var prompt = random.Next(1, Context);
        engine.Submit(tenant, prompt, random.Next(1, Context - prompt + 1), random.Next(-1, 2));
    }

    internal sealed record Workload(int Slots, double[] Weights, SchedulerLimits Limits, int Seed);
}
