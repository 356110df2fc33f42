namespace Foxtrot.Inference.Engine;

/// <summary>The waiting sequences of one tenant: higher priority first, and first come first served within a priority.</summary>
/// <remarks>A linked list through the sequences, so that any of them can leave at once. Belongs to the engine's thread.</remarks>
internal sealed class SequenceQueue
{
    private readonly List<Level> _levels = [];

    /// <summary>Waiting sequences.</summary>
    public int Count { get; private set; }

    /// <summary>The one whose turn it is; null when none waits. The others follow by <see cref="After"/>.</summary>
    public Sequence? First => _levels.Count > 0 ? _levels[0].First : null;

    /// <summary>The one behind another in the order of the whole queue.</summary>
    public Sequence? After(Sequence sequence)
    {
        if (sequence.Behind is { } behind)
        {
            return behind;
        }

        var next = Find(PriorityOf(sequence)) + 1;
        return next < _levels.Count ? _levels[next].First : null;
    }

    /// <summary>Takes a sequence in behind the others of its priority.</summary>
    public void Add(Sequence sequence)
    {
        var level = LevelOf(sequence);
        sequence.Before = level.Last;
        if (level.Last is { } last)
        {
            last.Behind = sequence;
        }
        else
        {
            level.First = sequence;
        }

        level.Last = sequence;
        Count++;
    }

    /// <summary>Takes a sequence in before the others of its priority: it had its turn already.</summary>
    public void AddFirst(Sequence sequence)
    {
        var level = LevelOf(sequence);
        sequence.Behind = level.First;
        if (level.First is { } first)
        {
            first.Before = sequence;
        }
        else
        {
            level.Last = sequence;
        }

        level.First = sequence;
        Count++;
    }

    /// <summary>Takes a sequence out, wherever it is.</summary>
    public void Remove(Sequence sequence)
    {
        var index = Find(PriorityOf(sequence));
        var level = _levels[index];
        if (sequence.Before is { } before)
        {
            before.Behind = sequence.Behind;
        }
        else
        {
            level.First = sequence.Behind;
        }

        if (sequence.Behind is { } behind)
        {
            behind.Before = sequence.Before;
        }
        else
        {
            level.Last = sequence.Before;
        }

        sequence.Before = null;
        sequence.Behind = null;
        Count--;
        if (level.First is null && _levels.Count > 1)
        {
            _levels.RemoveAt(index);
        }
    }

    private static int PriorityOf(Sequence sequence) => sequence.Generation.Request.Priority;

    private Level LevelOf(Sequence sequence)
    {
        var priority = PriorityOf(sequence);
        if (_levels is [{ First: null } only])
        {
            // The last level stays when it empties, so that a queue that comes and goes allocates nothing.
            only.Priority = priority;
            return only;
        }

        var index = Find(priority);
        if (index >= 0)
        {
            return _levels[index];
        }

        var level = new Level { Priority = priority };
        _levels.Insert(~index, level);
        return level;
    }

    // By binary search, the levels being in falling order; the complement of where it would be when there is none.
    private int Find(int priority)
    {
        var low = 0;
        var high = _levels.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var there = _levels[middle].Priority;
            if (there == priority)
            {
                return middle;
            }

            if (there > priority)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    private sealed class Level
    {
        public int Priority { get; set; }

        public Sequence? First { get; set; }

        public Sequence? Last { get; set; }
    }
}
