using Foxtrot.Inference.Engine;
using Foxtrot.Inference.ForwardPass;

namespace Foxtrot.Inference.KvCache;

/// <summary>
/// Which sequence holds which slot. Decoding sequences hold the first slots without a gap, because a decode pass runs over
/// a prefix; sequences that are part of the way through a prompt hold slots behind them.
/// </summary>
/// <remarks>When a decoding sequence leaves, the last one moves into its place: the only copying there is. One thread.</remarks>
internal sealed class SlotTable(ForwardRunner runner)
{
    private readonly Sequence?[] _slots = new Sequence?[runner.Slots];
    private readonly List<Sequence> _prefilling = [];

    /// <summary>Number of slots.</summary>
    public int Count => _slots.Length;

    /// <summary>Sequences that decode, at slots 0 to this number − 1.</summary>
    public int DecodeRows { get; private set; }

    /// <summary>Sequences with a slot that have prompt tokens to feed, oldest first.</summary>
    public IReadOnlyList<Sequence> Prefilling => _prefilling;

    /// <summary>Slots that nobody holds.</summary>
    public int Free => _slots.Length - DecodeRows - _prefilling.Count;

    /// <summary>The sequence in a slot.</summary>
    public Sequence? this[int slot] => _slots[slot];

    /// <summary>Gives a sequence the lowest free slot behind the decoding ones; one must be free.</summary>
    public void Admit(Sequence sequence)
    {
        var slot = DecodeRows;
        while (_slots[slot] is not null)
        {
            slot++;
        }

        Place(sequence, slot);
        _prefilling.Add(sequence);
    }

    /// <summary>Moves a sequence whose prompt is fed to the end of the decode rows.</summary>
    public void StartDecoding(Sequence sequence)
    {
        _prefilling.Remove(sequence);
        var target = DecodeRows++;
        Exchange(sequence, target);
        sequence.IsDecoding = true;
    }

    /// <summary>Moves a sequence that meets prompt tokens again (a rebuilt conversation) behind the decode rows.</summary>
    public void StopDecoding(Sequence sequence)
    {
        Exchange(sequence, --DecodeRows);
        sequence.IsDecoding = false;
        _prefilling.Add(sequence);
    }

    /// <summary>Takes a sequence's slot away and closes the gap that a decoding one leaves.</summary>
    public void Remove(Sequence sequence)
    {
        var slot = sequence.Slot;
        _slots[slot] = null;
        sequence.Slot = -1;
        if (!sequence.IsDecoding)
        {
            _prefilling.Remove(sequence);
        }
        else
        {
            sequence.IsDecoding = false;
            var last = --DecodeRows;
            if (slot != last)
            {
                var moved = _slots[last]!;
                runner.Copy(last, slot, moved.Fed);
                _slots[last] = null;
                Place(moved, slot);
            }
        }

        if (DecodeRows == 0 && _prefilling.Count == 0)
        {
            runner.Reset();
        }
    }

    private void Exchange(Sequence sequence, int target)
    {
        var slot = sequence.Slot;
        if (slot == target)
        {
            return;
        }

        var other = _slots[target];
        if (other is null)
        {
            runner.Copy(slot, target, sequence.Fed);
            _slots[slot] = null;
        }
        else
        {
            runner.Swap(slot, target, Math.Max(sequence.Fed, other.Fed));
            Place(other, slot);
        }

        Place(sequence, target);
    }

    private void Place(Sequence sequence, int slot)
    {
        _slots[slot] = sequence;
        sequence.Slot = slot;
    }
}
