using Foxtrot.Inference.Batching;
using Foxtrot.Inference.KvCache;

namespace Foxtrot.Inference.Engine;

/// <summary>Carries out who gives up and who gets slots in a step.</summary>
/// <remarks>Belongs to the engine's thread.</remarks>
internal sealed class SlotExchange(SlotTable slots, TenantTable tenants, EngineObserver observer)
{
    private readonly Sequence[] _preempted = new Sequence[Preemption.MostPerStep];

    /// <summary>Moves preempted sequences back to their queues, and those whose turn it is into slots.</summary>
    /// <param name="choices">Made on the tenants and rows as they are now.</param>
    /// <param name="admitted">Takes the sequences that got slots, in order.</param>
    /// <param name="now">The time.</param>
    public void Apply(StepChoices choices, Span<Sequence> admitted, long now)
    {
        // All are looked up before anything moves: rows and fronts of queues are as the plan saw them.
        var preemptions = choices.Preemptions;
        for (var i = 0; i < preemptions.Length; i++)
        {
            _preempted[i] = slots[preemptions[i]]!;
        }

        var admissions = choices.Admissions;
        for (var i = 0; i < admissions.Length; i++)
        {
            admitted[i] = tenants.Admit(tenants.Active[admissions[i]]);
        }

        // The last one first, so that those chosen first are at the front of their queues.
        for (var i = preemptions.Length - 1; i >= 0; i--)
        {
            slots.Remove(_preempted[i]);
            _preempted[i].Release(now);
            tenants.Return(_preempted[i]);
        }

        for (var i = 0; i < admissions.Length; i++)
        {
            if (admitted[i].Admit(now))
            {
                observer.OnAdmitted(admitted[i].Generation);
            }

            slots.Admit(admitted[i]);
        }

        _preempted.AsSpan(0, preemptions.Length).Clear();
    }
}
