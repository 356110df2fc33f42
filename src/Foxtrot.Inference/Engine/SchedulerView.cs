using Foxtrot.Inference.Batching;
using Foxtrot.Inference.KvCache;

namespace Foxtrot.Inference.Engine;

/// <summary>The engine as its scheduler sees it: counters copied into memory that is used again.</summary>
/// <remarks>
/// Looks at active tenants and at the front of their queues, never at all that waits. Belongs to the engine's thread.
/// </remarks>
internal sealed class SchedulerView(SlotTable slots, TenantTable tenants)
{
    private readonly PrefillRow[] _prefilling = new PrefillRow[slots.Count];
    private readonly DecodeRow[] _rows = new DecodeRow[slots.Count];
    private TenantShare[] _tenants = new TenantShare[16];
    private WaitingHead[] _heads = new WaitingHead[slots.Count];

    /// <summary>The state now; valid until the next call.</summary>
    public SchedulerSnapshot Take()
    {
        var prefilling = slots.Prefilling.Count;
        for (var i = 0; i < prefilling; i++)
        {
            var sequence = slots.Prefilling[i];
            _prefilling[i] = new PrefillRow(sequence.Tenant.Index, sequence.PromptRun);
        }

        // While prompts are being fed the queues matter only if there is another tenant, and then only the first in each.
        var waiting = tenants.Waiting;
        var active = tenants.Active.Count;
        active = (prefilling == 0 ? waiting > 0 : active > 1) ? active : 0;
        var rows = active > 1 && waiting > slots.Free ? ReadRows() : 0;
        var most = prefilling > 0 ? 1 : Math.Min(slots.Free + (rows > 0 ? Preemption.MostPerStep : 0), slots.Count);
        var heads = active > 0 ? ReadTenants(most) : 0;
        return new SchedulerSnapshot
        {
            DecodeRows = slots.DecodeRows,
            FreeSlots = slots.Free,
            Prefilling = _prefilling.AsSpan(0, prefilling),
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
