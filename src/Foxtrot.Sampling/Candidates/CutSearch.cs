namespace Foxtrot.Sampling.Candidates;

/// <summary>Where a row is cut in the order (key descending, position ascending): the last element that is kept.</summary>
internal readonly record struct CutPoint(float Key, int Position);

/// <summary>Finds the k-th largest key, or the key at which a mass is reached, without sorting.</summary>
/// <remarks>
/// A bracket [low, high) around the wanted key is halved with one counting pass per step, until few keys are left in it;
/// these are put in order and walked. Large brackets are copied out once they have shrunk, so that later passes are short.
/// </remarks>
internal ref struct CutSearch
{
    private const int WalkedAtMost = 48;

    // After this many halvings of the value, halve the representation: a bound on the steps for keys of any magnitude.
    private const int ValueSteps = 20;

    private readonly SamplingScratch _scratch;
    private ReadOnlySpan<float> _keys;
    private ReadOnlySpan<float> _weights;
    private readonly int _wantedCount;
    private readonly double _wantedMass;

    private bool _copied;
    private float _low;
    private float _high;
    private int _countLow;
    private int _countHigh;
    private double _massHigh;
    private int _countHighAtCopy; // what lies above the elements that were copied out
    private double _massHighAtCopy;

    private CutSearch(SamplingScratch scratch, ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, int count, double mass)
    {
        _scratch = scratch;
        _keys = keys;
        _weights = weights;
        _wantedCount = count;
        _wantedMass = mass;
    }

    /// <summary>The k-th largest key, 1 ≤ k ≤ number of finite keys.</summary>
    /// <param name="scratch">Buffers.</param>
    /// <param name="keys">No NaN; −∞ does not take part.</param>
    /// <param name="max">The largest key.</param>
    /// <param name="k">How many to keep.</param>
    public static CutPoint ByCount(SamplingScratch scratch, ReadOnlySpan<float> keys, float max, int k) =>
        new CutSearch(scratch, keys, [], k, 0).Find(max);

    /// <summary>The key at which the weights of all keys so far reach a mass; the last key if they never do.</summary>
    /// <param name="scratch">Buffers.</param>
    /// <param name="keys">No NaN; −∞ does not take part.</param>
    /// <param name="weights">One per key, ≥ 0.</param>
    /// <param name="max">The largest key.</param>
    /// <param name="mass">The mass to reach, in units of the weights.</param>
    public static CutPoint ByMass(SamplingScratch scratch, ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, float max, double mass) =>
        new CutSearch(scratch, keys, weights, 0, mass).Find(max);

    private CutPoint Find(float max)
    {
        _high = float.PositiveInfinity;
        _low = float.MinValue;
        _countLow = _keys.Length;
        if (_countLow > WalkedAtMost)
        {
            StepDown(max);
            for (int step = 0; _countLow - _countHigh > WalkedAtMost && Middle(step, out float middle); step++)
            {
                Probe(middle);
                CopyOut();
            }
        }

        return Walk();
    }

    /// <summary>Widening steps below the largest key, until the wanted key lies within.</summary>
    private void StepDown(float max)
    {
        for (double distance = 1; max - distance > float.MinValue; distance *= 2)
        {
            float t = (float)(max - distance);
            if (t < max && Probe(t))
            {
                return;
            }
        }
    }

    private bool Probe(float t)
    {
        int count;
        double mass = 0;
        if (_weights.IsEmpty)
        {
            count = _scratch.Kernels.CountAtLeast(_keys, t);
        }
        else
        {
            count = _scratch.Kernels.SumAtLeast(_keys, _weights, t, [], out mass);
        }

        count += _countHighAtCopy;
        mass += _massHighAtCopy;
        bool reached = _weights.IsEmpty ? count >= _wantedCount : mass >= _wantedMass;
        if (reached)
        {
            _low = t;
            _countLow = count;
        }
        else
        {
            _high = t;
            _countHigh = count;
            _massHigh = mass;
        }

        return reached;
    }

    /// <summary>A key strictly between the bounds; false when they are neighbours, so that all keys between are equal.</summary>
    private readonly bool Middle(int step, out float middle)
    {
        middle = step < ValueSteps && float.IsFinite(_high)
            ? (float)(((double)_low + _high) / 2)
            : OrderedBits.ToFloat((int)(((long)OrderedBits.Of(_low) + OrderedBits.Of(_high)) >> 1));
        return middle > _low && middle < _high;
    }

    /// <summary>Goes on with the bracket's elements alone once they are few.</summary>
    private void CopyOut()
    {
        int count = _countLow - _countHigh;
        if (count > _keys.Length / 8)
        {
            return;
        }

        Span<int> positions = _scratch.Positions.AsSpan(0, count);
        // −∞ is counted among the keys but never collected.
        count = _scratch.Kernels.Collect(_keys, [], _low, _high, positions);
        for (int i = 0; i < count; i++)
        {
            int from = positions[i];
            // Reading before writing: from ≥ i, so an earlier copy can be compacted in place.
            _scratch.SearchPositions[i] = _copied ? _scratch.SearchPositions[from] : from;
            _scratch.SearchKeys[i] = _keys[from];
            if (!_weights.IsEmpty)
            {
                _scratch.SearchWeights[i] = _weights[from];
            }
        }

        _copied = true;
        _countHighAtCopy = _countHigh;
        _massHighAtCopy = _massHigh;
        _keys = _scratch.SearchKeys.AsSpan(0, count);
        _weights = _weights.IsEmpty ? [] : _scratch.SearchWeights.AsSpan(0, count);
    }

    /// <summary>Walks the bracket's elements in order up to the wanted one.</summary>
    private readonly CutPoint Walk()
    {
        Span<int> positions = _scratch.Positions.AsSpan(0, _keys.Length);
        int count = _scratch.Kernels.Collect(_keys, [], _low, _high, positions);
        positions = positions[..count];
        if (count <= WalkedAtMost)
        {
            SortByKey(positions);
        }

        int seen = _countHigh;
        double mass = _massHigh;
        int last = positions[^1];
        foreach (int position in positions)
        {
            seen++;
            mass += _weights.IsEmpty ? 0 : _weights[position];
            if (_weights.IsEmpty ? seen >= _wantedCount : mass >= _wantedMass)
            {
                last = position;
                break;
            }
        }

        return new CutPoint(_keys[last], _copied ? _scratch.SearchPositions[last] : last);
    }

    /// <summary>Insertion sort by key descending; positions arrive ascending and stay so among equal keys.</summary>
    private readonly void SortByKey(Span<int> positions)
    {
        for (int i = 1; i < positions.Length; i++)
        {
            int position = positions[i];
            float key = _keys[position];
            int j = i - 1;
            for (; j >= 0 && _keys[positions[j]] < key; j--)
            {
                positions[j + 1] = positions[j];
            }

            positions[j + 1] = position;
        }
    }
}
