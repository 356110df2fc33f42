namespace Foxtrot.Sampling.Candidates;

/// <summary>Where a row is cut in the order (key descending, position ascending): the last element that is kept.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Position">Its position.</param>
/// <param name="TiesFollow">Whether elements with the same key come after it, and so are cut.</param>
internal readonly record struct CutPoint(float Key, int Position, bool TiesFollow);

/// <summary>Finds the k-th largest key, or the key at which a mass is reached, without sorting.</summary>
/// <remarks>
/// A bracket [low, high) around the wanted key is halved with one counting pass per step, until few keys are left in it;
/// these are put in order and walked. Once the bracket is small its elements are copied out, so that later passes are
/// short. For a mass in a long row, a sample gives a bracket that one pass confirms.
/// </remarks>
internal ref partial struct CutSearch
{
    private const int WalkedAtMost = 48;

    // After this many halvings of the value, halve the representation: a bound on the steps for keys of any magnitude.
    private const int ValueSteps = 20;

    // Brackets of at most this part of the keys are copied out.
    private const int CopiedPart = 16;

    private readonly SamplingScratch _scratch;
    private readonly ReadOnlySpan<float> _allKeys;
    private readonly ReadOnlySpan<float> _allWeights;
    private ReadOnlySpan<float> _keys; // those that are still looked at
    private ReadOnlySpan<float> _weights;
    private readonly int _wantedCount;
    private readonly double _wantedMass;

    private float _low;
    private float _high;
    private int _countLow;
    private int _countHigh;
    private double _massHigh;

    private bool _copied;
    private int _countHighAtCopy; // what lies above the elements that were copied out
    private double _massHighAtCopy;
    private bool _sumsAtCopy; // BlockSums hold the mass above them

    private CutSearch(SamplingScratch scratch, ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, int count, double mass)
    {
        _scratch = scratch;
        _allKeys = _keys = keys;
        _allWeights = _weights = weights;
        _wantedCount = count;
        _wantedMass = mass;
        _high = float.PositiveInfinity;
        _low = float.MinValue;
        _countLow = keys.Length;
    }

    private readonly bool ByWeight => !_weights.IsEmpty;

    /// <summary>The k-th largest key, k ≥ 1; the lowest finite number, at no position, when fewer than k keys are finite.</summary>
    /// <param name="scratch">Buffers.</param>
    /// <param name="keys">No NaN; −∞ does not take part.</param>
    /// <param name="max">The largest key.</param>
    /// <param name="k">How many to keep.</param>
    public static CutPoint ByCount(SamplingScratch scratch, ReadOnlySpan<float> keys, float max, int k)
    {
        CutSearch search = new(scratch, keys, [], k, 0);
        return search.Find(max);
    }

    /// <summary>The key at which the weights of all keys so far reach a mass; the last key if they never do.</summary>
    /// <param name="scratch">Buffers; the block sums are overwritten where the result says so.</param>
    /// <param name="keys">No NaN; −∞ does not take part.</param>
    /// <param name="weights">One per key, ≥ 0.</param>
    /// <param name="max">The largest key.</param>
    /// <param name="mass">The mass to reach, in units of the weights.</param>
    /// <param name="total">The mass of all keys.</param>
    /// <param name="summed">True when the block sums are now those of the kept elements.</param>
    public static CutPoint ByMass(
        SamplingScratch scratch, ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, float max, double mass, double total, out bool summed)
    {
        CutSearch search = new(scratch, keys, weights, 0, mass);
        if (keys.Length >= SampledFrom)
        {
            search.Sample(max, total);
        }

        CutPoint cut = search.Find(max);
        summed = search._sumsAtCopy;
        if (summed)
        {
            search.AddKeptToSums(cut);
        }

        return cut;
    }

    private CutPoint Find(float max)
    {
        _high = Math.Min(_high, MathF.BitIncrement(max));
        if (_countLow > WalkedAtMost)
        {
            if (_low == float.MinValue)
            {
                StepDown(Math.Min(max, _high));
            }

            for (int step = 0; _countLow - _countHigh > WalkedAtMost && Middle(step, out float middle); step++)
            {
                _ = Probe(middle);
                if (!_copied && _countLow - _countHigh <= _keys.Length / CopiedPart)
                {
                    Span<int> positions = _scratch.Positions.AsSpan(0, _countLow - _countHigh);
                    // −∞ is counted among the keys but never collected.
                    CopyOut(positions[.._scratch.Kernels.Collect(_keys, [], _low, _high, positions)]);
                }
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
        if (ByWeight)
        {
            count = _scratch.Kernels.SumAtLeast(_keys, _weights, t, [], out mass);
        }
        else
        {
            count = _scratch.Kernels.CountAtLeast(_keys, t);
        }

        count += _countHighAtCopy;
        mass += _massHighAtCopy;
        bool reached = ByWeight ? mass >= _wantedMass : count >= _wantedCount;
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

    /// <summary>Goes on with the bracket's elements alone.</summary>
    private void CopyOut(ReadOnlySpan<int> positions)
    {
        for (int i = 0; i < positions.Length; i++)
        {
            _scratch.SearchPositions[i] = positions[i];
            _scratch.SearchKeys[i] = _keys[positions[i]];
            if (ByWeight)
            {
                _scratch.SearchWeights[i] = _weights[positions[i]];
            }
        }

        _copied = true;
        _countHighAtCopy = _countHigh;
        _massHighAtCopy = _massHigh;
        _weights = ByWeight ? _scratch.SearchWeights.AsSpan(0, positions.Length) : [];
        _keys = _scratch.SearchKeys.AsSpan(0, positions.Length);
    }

    /// <summary>Walks the bracket's elements in order up to the wanted one.</summary>
    private readonly CutPoint Walk()
    {
        Span<int> positions = _scratch.Positions.AsSpan(0, _keys.Length);
        positions = positions[.._scratch.Kernels.Collect(_keys, [], _low, _high, positions)];
        if (!ByWeight && _countHigh + positions.Length < _wantedCount)
        {
            return new CutPoint(float.MinValue, -1, TiesFollow: false);
        }

        if (positions.Length <= WalkedAtMost)
        {
            SortByKey(positions);
        }

        int seen = _countHigh;
        double mass = _massHigh;
        int at = 0;
        for (; at < positions.Length - 1; at++)
        {
            seen++;
            mass += ByWeight ? _weights[positions[at]] : 0;
            if (ByWeight ? mass >= _wantedMass : seen >= _wantedCount)
            {
                break;
            }
        }

        int last = positions[at];
        bool tiesFollow = at + 1 < positions.Length && _keys[positions[at + 1]] == _keys[last];
        return new CutPoint(_keys[last], _copied ? _scratch.SearchPositions[last] : last, tiesFollow);
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
