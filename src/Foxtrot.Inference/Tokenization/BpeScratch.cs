namespace Foxtrot.Inference.Tokenization;

/// <summary>Working memory of one BPE encoding: the word as a linked list of symbols, and a heap of possible merges.</summary>
internal sealed class BpeScratch
{
    private ulong[] _heap = new ulong[64];
    private int _heapCount;

    /// <summary>One symbol of the word; <see cref="Id"/> is −1 once it has been merged into its left neighbour.</summary>
    public struct Symbol
    {
        /// <summary>Token id.</summary>
        public int Id;

        /// <summary>Index of the left neighbour, or −1.</summary>
        public int Previous;

        /// <summary>Index of the right neighbour, or −1.</summary>
        public int Next;
    }

    /// <summary>The symbols; the first <see cref="Count"/> are in use.</summary>
    public Symbol[] Symbols { get; private set; } = new Symbol[64];

    /// <summary>Number of symbols that the word began with.</summary>
    public int Count { get; private set; }

    /// <summary>Starts a new word.</summary>
    /// <param name="capacity">At most this many symbols will be added.</param>
    public void Reset(int capacity)
    {
        if (Symbols.Length < capacity)
        {
            Symbols = new Symbol[capacity];
        }

        Count = 0;
        _heapCount = 0;
    }

    /// <summary>Appends a symbol to the word.</summary>
    public void Add(int id)
    {
        if (Count > 0)
        {
            Symbols[Count - 1].Next = Count;
        }

        Symbols[Count] = new Symbol { Id = id, Previous = Count - 1, Next = -1 };
        Count++;
    }

    /// <summary>Offers a merge; lower ranks come first, then lower positions.</summary>
    public void Push(int rank, int position)
    {
        if (_heapCount == _heap.Length)
        {
            Array.Resize(ref _heap, _heap.Length * 2);
        }

        var entry = ((ulong)(uint)rank << 32) | (uint)position;
        var i = _heapCount++;
        while (i > 0 && (i - 1) / 2 is var parent && _heap[parent] > entry)
        {
            _heap[i] = _heap[parent];
            i = parent;
        }

        _heap[i] = entry;
    }

    /// <summary>Takes the first merge in order.</summary>
    public bool TryPop(out int rank, out int position)
    {
        if (_heapCount == 0)
        {
            rank = position = 0;
            return false;
        }

        var top = _heap[0];
        var last = _heap[--_heapCount];
        var i = 0;
        while (2 * i + 1 < _heapCount)
        {
            var child = 2 * i + 1;
            if (child + 1 < _heapCount && _heap[child + 1] < _heap[child])
            {
                child++;
            }

            if (_heap[child] >= last)
            {
                break;
            }

            _heap[i] = _heap[child];
            i = child;
        }

        _heap[i] = last;
        rank = (int)(top >> 32);
        position = (int)(uint)top;
        return true;
    }
}
