using Foxtrot.Inference.Batching;
using Foxtrot.Inference.KvCache;

namespace Foxtrot.Inference.Engine;

/// <summary>The engine as its scheduler sees it: counters copied into memory that is used again.</summary>
/// <remarks>
/// Looks at active tenants and at the front of their queues, never at all that waits. Belongs to the engine's thread.
/// </remarks>
internal sealed class SchedulerView(SlotTable slots, TenantTable tenants)
{
    private readonly int[] _runs = new int[slots.Count];
    private readonly DecodeRow[] _rows = new DecodeRow[slots.Count];
    private TenantShare[] _tenants = new TenantShare[16];
    private WaitingHead[] _heads = new WaitingHead[slots.Count];

    /// <summary>The state now; valid until the next call.</summary>
    public SchedulerSnapshot Take()
    {
        var prefilling = slots.Prefilling.Count;
        for (var i = 0; i < prefilling; i++)
        {
            _runs[i] = slots.Prefilling[i].PromptRun;
        }

        // While earlier prompts are being fed nobody is admitted, and the queues do not matter.
        var isAdmitting = prefilling == 0 && tenants.Waiting > 0;
        var active = isAdmitting ? tenants.Active.Count : 0;
        var rows = active > 1 && tenants.Waiting > slots.Free ? ReadRows() : 0;
        var heads = active > 0 ? ReadTenants(Math.Min(slots.Free + (rows > 0 ? Preemption.MostPerStep : 0), slots.Count)) : 0;
        return new SchedulerSnapshot
        {
            DecodeRows = slots.DecodeRows,
            FreeSlots = slots.Free,
            Prefilling = _runs.AsSpan(0, prefilling),
            Tenants = _tenants.AsSpan(0, active),
            Heads = _heads.AsSpan(0, heads),
            Rows = _rows.AsSpan(0, rows),
        };
    }

    private int ReadRows()
    {
        for (var row = 0; row < slots.DecodeRows; row++)
        {
            var sequence = slots[row]!;
            _rows[row] = new DecodeRow(
                sequence.Tenant.Index, sequence.Generation.Request.Priority, sequence.NewTokens, sequence.Replayed, sequence.RebuildCost);
        }

        return slots.DecodeRows;
    }

    private int ReadTenants(int most)
    {
        if (_tenants.Length < tenants.Active.Count)
        {
            Array.Resize(ref _tenants, tenants.Active.Count * 2);
        }

        var heads = 0;
        for (var i = 0; i < tenants.Active.Count; i++)
        {
            var tenant = tenants.Active[i];
            var first = heads;
            if (_heads.Length < heads + most)
            {
                Array.Resize(ref _heads, (heads + most) * 2);
            }

            for (var sequence = tenant.Queue.First; sequence is not null && heads - first < most; sequence = tenant.Queue.After(sequence))
            {
                _heads[heads++] = new WaitingHead(sequence.PromptRun, sequence.Charge);
            }

            _tenants[i] = new TenantShare(tenant.Counter, tenant.Weight, tenant.Running, first, heads - first);
        }

        return heads;
    }
}
