namespace Foxtrot.Inference.Batching;

/// <summary>All that a scheduling decision depends on: plain counters, no model, no clock.</summary>
public readonly ref struct SchedulerSnapshot
{
    /// <summary>Sequences that generate: they decode in every step.</summary>
    public int DecodeRows { get; init; }

    /// <summary>Slots that no sequence holds.</summary>
    public int FreeSlots { get; init; }

    /// <summary>Sequences that hold a slot and are part of the way through prompt tokens, oldest first.</summary>
    public ReadOnlySpan<PrefillRow> Prefilling { get; init; }

    /// <summary>The active tenants; among equals the first one is served first. None need be given while a single one feeds its prompts.</summary>
    public ReadOnlySpan<TenantShare> Tenants { get; init; }

    /// <summary>
    /// The waiting sequences of all tenants, each tenant's together and in its order. The front of each queue suffices: as many as
    /// there are free slots and <see cref="Preemption.MostPerStep"/>.
    /// </summary>
    public ReadOnlySpan<WaitingHead> Heads { get; init; }

    /// <summary>[decode rows]: who may be preempted; empty when nobody may.</summary>
    public ReadOnlySpan<DecodeRow> Rows { get; init; }
}
