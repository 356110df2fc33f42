using Foxtrot.Sampling.Kernels;
using Foxtrot.Sampling.Numerics;

namespace Foxtrot.Sampling.Candidates;

/// <content>Probabilities: weights of the survivors, their sum, and the cuts that depend on them.</content>
internal ref partial struct CandidateRow
{
    // In a row of at least so many blocks, a nucleus is looked for first in the head: the tokens that reach a threshold from
    // the blocks' maxima. About 130 tokens or more are enough for the nucleus of any row that is not flat.
    private const int BlocksWithAHead = 16;
    private const int HeadBlocks = 128;

    /// <summary>The scale of the current weights; valid after <see cref="Total"/>.</summary>
    public readonly ExpScale ExpScale => _scale;

    /// <summary>Sum of the survivors' weights, 1 / the probability of weight 1.</summary>
    public double Total
    {
        get
        {
            if (!_weighed)
            {
                Weigh(store: false);
            }

            return _total;
        }
    }

    /// <summary>ln Σ exp(logit / T) over the survivors.</summary>
    public double LogTotal()
    {
        double total = Total;
        return _scale.LogOfSum(total);
    }

    /// <summary>Shannon entropy of the survivors, in nats, ≥ 0; also gives <see cref="LogTotal"/>.</summary>
    public double Entropy(out double logTotal)
    {
        ExpScale scale = new(Max, InverseTemperature);
        double total = _kernels.SumWeightedLogits(View, scale, _threshold, out double weightedLogits);
        logTotal = scale.LogOfSum(total);
        // H = ln Z − E[logit] / T.
        return Math.Max(0, logTotal - (weightedLogits / total + scale.Origin) * InverseTemperature);
    }

    /// <summary>Standard deviation (of the population) of the surviving logits, divided by the temperature; their number.</summary>
    public double Deviation(out int count)
    {
        count = _kernels.Moments(View, Max, _threshold, out double sum, out double squares);
        double mean = sum / count;
        return Math.Sqrt(Math.Max(0, squares / count - mean * mean));
    }

    /// <summary>Keeps probabilities of at least e^<paramref name="logProbability"/>, and in any case the largest.</summary>
    public void KeepProbability(double logProbability) =>
        KeepAtLeast((logProbability + LogTotal()) / InverseTemperature);

    /// <summary>Keeps the smallest set of most probable tokens whose mass reaches <paramref name="mass"/> of what is left.</summary>
    public void KeepNucleus(double mass)
    {
        double head = 0;
        float headThreshold = 0;
        bool searchHead = !_listed && RowKernels.BlockCount(_count) >= BlocksWithAHead;
        if (searchHead)
        {
            head = WeighHead(out headThreshold);
        }

        // Weights of the whole row are worth keeping only where the nucleus is likely to reach beyond the head.
        Weigh(store: !searchHead || head < mass * EstimateTotal());
        double wanted = mass * _total;
        if (head * (1 - 1e-9) >= wanted)
        {
            KeepAtLeast(headThreshold);
        }

        if (!_weighed || !_stored)
        {
            Weigh(store: true);
        }

        CutPoint cut = CutSearch.ByMass(_scratch, View, _scratch.Weights.AsSpan(0, _count), Max, wanted, _total, out bool summed);
        // With the survivors' sums at hand a list of them would not make the draw faster.
        KeepUpTo(cut, shorten: !summed);
        _weighed = summed;
        if (summed)
        {
            _total = 0;
            foreach (double sum in _scratch.BlockSums.AsSpan(0, RowKernels.BlockCount(_count)))
            {
                _total += sum;
            }
        }
    }

    /// <summary>Keeps the tokens whose keys are largest, until their mass reaches <paramref name="mass"/> of what is left.</summary>
    /// <param name="keys">One per element of the view; −∞ for those that do not survive.</param>
    /// <param name="mass">Part of the mass, (0, 1].</param>
    public void KeepByKey(ReadOnlySpan<float> keys, double mass)
    {
        if (!_weighed || !_stored)
        {
            Weigh(store: true);
        }

        Span<float> maxima = _scratch.BlockMax.AsSpan(0, RowKernels.BlockCount(_count));
        float largest = _kernels.Max(keys, maxima);
        CutPoint cut = CutSearch.ByMass(_scratch, keys, _scratch.Weights.AsSpan(0, _count), largest, mass * _total, _total, out _);
        Span<float> view = View;
        for (int i = 0; i < view.Length; i++)
        {
            float key = keys[i];
            float logit = view[i];
            view[i] = key > cut.Key | (key == cut.Key & i <= cut.Position) ? logit : float.NegativeInfinity;
        }

        Forget();
        Shorten(_count / ListedPart);
    }

    /// <summary>Drops every token with at least this probability except the least likely of them.</summary>
    /// <returns>True if anything was dropped.</returns>
    public bool DropTop(double probability)
    {
        double logit = (PortableMath.Log(probability) + LogTotal()) / InverseTemperature;
        float threshold = Math.Max(OrderedBits.Ceiling(logit), _threshold);
        Span<int> positions = _scratch.Positions.AsSpan(0, _count);
        int count = _kernels.Collect(View, [], threshold, float.PositiveInfinity, positions);
        if (count < 2)
        {
            return false;
        }

        Span<float> view = View;
        int least = positions[0];
        foreach (int position in positions[..count])
        {
            least = view[position] <= view[least] ? position : least;
        }

        foreach (int position in positions[..count])
        {
            view[position] = position == least ? view[position] : float.NegativeInfinity;
        }

        Forget();
        return true;
    }

    /// <summary>Every token's probability among the survivors, and their number. For explanations: allocates, and leaves the row as it is.</summary>
    /// <param name="probabilities">[vocabulary]; 0 for tokens that do not survive.</param>
    public readonly int Probabilities(Span<double> probabilities)
    {
        float[] weights = new float[_count];
        double[] sums = new double[RowKernels.BlockCount(_count)];
        ReadOnlySpan<float> view = View;
        float max = float.NegativeInfinity;
        foreach (float logit in view)
        {
            max = Math.Max(max, logit);
        }

        probabilities.Clear();
        if (!float.IsFinite(max))
        {
            return 0;
        }

        double total = _kernels.StoreWeights(view, new ExpScale(max, InverseTemperature), _threshold, weights, sums);
        for (int i = 0; i < weights.Length; i++)
        {
            probabilities[TokenAt(i)] = weights[i] / total;
        }

        return CountSurvivors();
    }

    /// <summary>Weight of the tokens that reach the median of the blocks' maxima, or less where blocks are few; 0 if these tokens are many.</summary>
    private double WeighHead(out float threshold)
    {
        EnsureBlockMax();
        ReadOnlySpan<float> maxima = _scratch.BlockMax.AsSpan(0, RowKernels.BlockCount(_count));
        int rank = Math.Min(maxima.Length * 7 / 8, Math.Max(maxima.Length / 2, HeadBlocks));
        threshold = Math.Max(_threshold, CutSearch.ByCount(_scratch, maxima, Max, rank).Key);
        int count = _kernels.Collect(View, maxima, threshold, float.PositiveInfinity, _scratch.Positions.AsSpan(0, _count / ListedPart));
        if (count < 0)
        {
            return 0;
        }

        ExpScale scale = new(Max, InverseTemperature);
        Span<float> logits = _scratch.Keys.AsSpan(0, count);
        for (int i = 0; i < count; i++)
        {
            logits[i] = View[_scratch.Positions[i]];
        }

        return _kernels.SumWeights(logits, scale, float.MinValue, _scratch.BlockSums);
    }

    /// <summary>A guess at the total weight from every sixteenth block; it decides about speed only.</summary>
    private readonly double EstimateTotal()
    {
        const int Stride = 16;
        ExpScale scale = new(_max, InverseTemperature);
        double sum = 0;
        for (int start = 0; start + RowKernels.BlockSize <= _count; start += Stride * RowKernels.BlockSize)
        {
            sum += _kernels.SumWeights(View.Slice(start, RowKernels.BlockSize), scale, _threshold, _scratch.BlockSums);
        }

        return sum * Stride;
    }

    private void Weigh(bool store)
    {
        _scale = new ExpScale(Max, InverseTemperature);
        Span<double> sums = _scratch.BlockSums.AsSpan(0, RowKernels.BlockCount(_count));
        _total = store
            ? _kernels.StoreWeights(View, _scale, _threshold, _scratch.Weights, sums)
            : _kernels.SumWeights(View, _scale, _threshold, sums);
        _weighed = true;
        _stored = store;
    }
}
