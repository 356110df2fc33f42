using Foxtrot.Sampling.Kernels;

namespace Foxtrot.Sampling.Candidates;

/// <content>The short way for a mass in a long row: a sample says where to look, one pass over all keys confirms it.</content>
internal ref partial struct CutSearch
{
    // Rows of this length are sampled first: sixteen neighbouring elements of every 32 · 16.
    private const int SampledFrom = 1 << 14;
    private const int SampleStride = 32;
    private const int SampleGroup = 16;

    // The bracket from a sample reaches so many standard deviations of the sampled mass to either side.
    private const double SampleDeviations = 2.5;

    /// <summary>Sets the bracket by what a sample says about the mass below the cut, which small weights make up.</summary>
    private void Sample(float max, double total)
    {
        int count = 0;
        int room = _keys.Length / SampleStride + SampleGroup;
        Span<float> keys = _scratch.SearchKeys.AsSpan(_scratch.SearchKeys.Length - room);
        Span<float> weights = _scratch.SearchWeights.AsSpan(_scratch.SearchWeights.Length - room);
        for (int start = 0; start + SampleGroup <= _keys.Length; start += SampleStride * SampleGroup)
        {
            _keys.Slice(start, SampleGroup).CopyTo(keys[count..]);
            _weights.Slice(start, SampleGroup).CopyTo(weights[count..]);
            count += SampleGroup;
        }

        keys = keys[..count];
        weights = weights[..count];
        _ = _scratch.Kernels.SumAtLeast(keys, weights, float.MinValue, [], out double sampled);
        double below = (total - _wantedMass) * count / _keys.Length;
        CutSearch search = new(_scratch, keys, weights, 0, sampled - below);
        if (search._wantedMass > 0)
        {
            CutPoint guess = search.Find(max);
            // Weights below the cut are at most the one at the cut, so the variance of their sum is at most this.
            double deviation = Math.Sqrt(weights[guess.Position] * below);
            float reach = (float)(SampleDeviations * deviation / Density(keys, weights, guess.Key));
            if (reach < float.MaxValue)
            {
                Confirm(guess.Key - reach, guess.Key + reach);
            }
        }
    }

    /// <summary>Mass per unit of the key around a key.</summary>
    private readonly double Density(ReadOnlySpan<float> keys, ReadOnlySpan<float> weights, float key)
    {
        const float Window = 0.25f;
        _ = _scratch.Kernels.SumAtLeast(keys, weights, key - Window, [], out double upTo);
        _ = _scratch.Kernels.SumAtLeast(keys, weights, key + Window, [], out double above);
        return (upTo - above) / (2 * Window);
    }

    /// <summary>Looks at all keys whether the wanted one lies in [low, high), and if so goes on with these alone.</summary>
    private void Confirm(float low, float high)
    {
        Span<int> positions = _scratch.Positions.AsSpan(0, _keys.Length / CopiedPart);
        int count = _scratch.Kernels.SumAndCollect(_keys, _weights, low, high, _scratch.BlockSums, positions, out double massHigh);
        if (massHigh >= _wantedMass)
        {
            _low = high;
            return;
        }

        _high = high;
        _massHigh = massHigh;
        if (count < 0)
        {
            return;
        }

        CopyOut(positions[..count]);
        _ = _scratch.Kernels.SumAtLeast(_keys, _weights, float.MinValue, [], out double between);
        if (massHigh + between >= _wantedMass)
        {
            _low = low;
            _countLow = count;
            _sumsAtCopy = true;
        }
        else
        {
            UndoCopy();
        }
    }

    private void UndoCopy()
    {
        _copied = false;
        _countHighAtCopy = 0;
        _massHighAtCopy = 0;
        _weights = _allWeights;
        _keys = _allKeys;
    }

    /// <summary>Adds what is kept of the copied elements to the sums of those above them.</summary>
    private readonly void AddKeptToSums(CutPoint cut)
    {
        Span<int> kept = _scratch.Positions.AsSpan(0, _keys.Length);
        kept = kept[.._scratch.Kernels.Collect(_keys, [], cut.Key, float.PositiveInfinity, kept)];
        foreach (int i in kept)
        {
            int position = _scratch.SearchPositions[i];
            if (_keys[i] > cut.Key || position <= cut.Position)
            {
                _scratch.BlockSums[position / RowKernels.BlockSize] += _weights[i];
            }
        }
    }
}
