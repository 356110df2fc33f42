using Foxtrot.Inference.Engine;

namespace Foxtrot.Inference.Tests.Engine;

/// <summary>What must hold between any two steps, whatever the schedule.</summary>
internal static class EngineInvariants
{
    public static void Check(EngineCore core, int contextLength)
    {
        var slots = core.Slots;
        var seen = new HashSet<Sequence>();
        for (var slot = 0; slot < slots.Count; slot++)
        {
            var sequence = slots[slot];
            if (slot < slots.DecodeRows)
            {
                Assert.True(sequence is { IsDecoding: true }, $"slot {slot} is a decode row without a decoding sequence");
            }

            if (sequence is null)
            {
                continue;
            }

            Assert.True(seen.Add(sequence), $"slot {slot} holds a sequence that another slot holds too");
            Assert.Equal(slot, sequence.Slot);
            Assert.Equal(slot < slots.DecodeRows, sequence.IsDecoding);
            Assert.Equal(!sequence.IsDecoding, slots.Prefilling.Contains(sequence));
            Assert.InRange(sequence.Fed, 0, sequence.Count - 1);
            Assert.InRange(sequence.Count, 1, Math.Min(sequence.Capacity, contextLength));
            Assert.Null(sequence.Generation.FinishReason);
            Assert.Equal(sequence.IsDecoding, sequence.PromptRun == 0);
            var outputs = sequence.Fed < sequence.TurnStart ? 0 : sequence.Fed - sequence.TurnStart + 1;
            if (sequence.Fed < sequence.Rebuilt)
            {
                Assert.InRange(outputs, 0, sequence.Generation.Count);
            }
            else
            {
                Assert.Equal(outputs, sequence.Generation.Count);
            }
        }

        Assert.Equal(seen.Count, slots.DecodeRows + slots.Prefilling.Count);
        Assert.Equal(slots.Count - seen.Count, slots.Free);
        CheckTenants(core, seen);
    }

    private static void CheckTenants(EngineCore core, HashSet<Sequence> running)
    {
        var waiting = 0;
        var active = core.Tenants.Active;
        for (var index = 0; index < active.Count; index++)
        {
            var tenant = active[index];
            Assert.Equal(index, tenant.Index);
            Assert.True(tenant.Running + tenant.Queue.Count > 0, $"tenant '{tenant.Name}' is active without a sequence");
            Assert.Equal(running.Count(s => s.Tenant == tenant), tenant.Running);
            var priority = int.MaxValue;
            var count = 0;
            for (var sequence = tenant.Queue.First; sequence is not null; sequence = tenant.Queue.After(sequence))
            {
                Assert.Equal(-1, sequence.Slot);
                Assert.Equal(0, sequence.Fed);
                Assert.Equal(tenant, sequence.Tenant);
                Assert.Null(sequence.Generation.FinishReason);
                Assert.DoesNotContain(sequence, running);
                Assert.InRange(sequence.Generation.Request.Priority, int.MinValue, priority);
                priority = sequence.Generation.Request.Priority;
                count++;
            }

            Assert.Equal(tenant.Queue.Count, count);
            waiting += count;
        }

        Assert.Equal(core.Tenants.Waiting, waiting);
        Assert.Equal(core.Running, active.Sum(t => t.Running));
    }
}
