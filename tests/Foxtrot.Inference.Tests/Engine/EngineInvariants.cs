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
            Assert.Equal(outputs, sequence.Generation.Count);
        }

        Assert.Equal(seen.Count, slots.DecodeRows + slots.Prefilling.Count);
        Assert.Equal(slots.Count - seen.Count, slots.Free);
        foreach (var sequence in core.Waiting)
        {
            Assert.Equal(-1, sequence.Slot);
            Assert.Equal(0, sequence.Fed);
            Assert.Null(sequence.Generation.FinishReason);
            Assert.DoesNotContain(sequence, seen);
        }
    }
}
