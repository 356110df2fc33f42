namespace Foxtrot.Inference.Batching;

/// <summary>All that a scheduling decision depends on: plain counters, no model, no clock.</summary>
public readonly ref struct SchedulerSnapshot
{
    /// <summary>Sequences that generate: they decode in every step.</summary>
    public int DecodeRows { get; init; }

    /// <summary>Slots that no sequence holds.</summary>
    public int FreeSlots { get; init; }

    /// <summary>
    /// Sequences that hold a slot and are part of the way through prompt tokens, oldest first:
    /// for each, the tokens left in the current run of prompt tokens, at least 1.
    /// </summary>
    public ReadOnlySpan<int> Prefilling { get; init; }

    /// <summary>Sequences without a slot, oldest first (the front of the queue suffices): for each, the length of its first run.</summary>
    public ReadOnlySpan<int> Waiting { get; init; }
}
