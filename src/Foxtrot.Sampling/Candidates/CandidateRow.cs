using Foxtrot.Sampling.Kernels;

namespace Foxtrot.Sampling.Candidates;

/// <summary>What is left of one row on its way from logits to a token.</summary>
/// <remarks>
/// A view (the row itself, or a list of its tokens in ascending id order once few are left), a threshold below which
/// nothing survives, and the temperature. Truncation raises the threshold and shortens the view; it neither sorts nor
/// rewrites the row. Elements that are cut although they reach the threshold (ties at a border, XTC, typical) become −∞.
/// Weights and their sums are computed when a stage asks for them and forgotten when the survivors change.
/// The row's memory and the scratch belong to the caller.
/// </remarks>
internal ref partial struct CandidateRow
{
    // Survivors are copied to a list when they are at most this part of the view.
    private const int ListedPart = 8;

    private readonly SamplingScratch _scratch;
    private readonly RowKernels _kernels;
    private readonly Span<float> _row;
    private bool _listed;
    private int _count;
    private float _threshold;
    private float _max;
    private bool _maxKnown;
    private bool _blockMaxKnown;
    private bool _weighed; // block sums and total belong to the survivors
    private bool _stored; // and every element's weight is kept
    private double _total;
    private ExpScale _scale;

    /// <summary>All tokens of a row.</summary>
    /// <param name="row">[vocabulary] logits, written by the stages.</param>
    /// <param name="scratch">The thread's buffers.</param>
    public CandidateRow(Span<float> row, SamplingScratch scratch)
    {
        scratch.Reserve(row.Length);
        _scratch = scratch;
        _kernels = scratch.Kernels;
        _row = row;
        _count = row.Length;
        _threshold = float.MinValue;
        InverseTemperature = 1;
    }

    /// <summary>Logits count divided by the temperature; this is 1 / T.</summary>
    public double InverseTemperature { get; private set; }

    /// <summary>The whole row, for stages that edit logits; valid while <see cref="IsWhole"/>.</summary>
    public readonly Span<float> Row => _row;

    /// <summary>The thread's buffers.</summary>
    public readonly SamplingScratch Scratch => _scratch;

    /// <summary>True while nothing has been cut or scaled.</summary>
    public readonly bool IsWhole => !_listed && _threshold == float.MinValue && InverseTemperature == 1;

    /// <summary>Elements in the view, survivors or not.</summary>
    public readonly int ViewCount => _count;

    /// <summary>Logits in the view, in ascending token order.</summary>
    public readonly Span<float> View => _listed ? _scratch.ListLogits.AsSpan(0, _count) : _row;

    /// <summary>The largest surviving logit; NaN if the row holds NaN, −∞ if nothing is possible.</summary>
    public float Max
    {
        get
        {
            if (!_maxKnown)
            {
                FindBlockMax();
            }

            return _max;
        }
    }

    /// <summary>The token at a position of the view.</summary>
    public readonly int TokenAt(int position) => _listed ? _scratch.ListIds[position] : position;

    /// <summary>Position of a token in the view, or a negative number.</summary>
    public readonly int PositionOf(int token) =>
        _listed ? _scratch.ListIds.AsSpan(0, _count).BinarySearch(token) : token;

    /// <summary>Elements of the view below it do not survive.</summary>
    public readonly float Threshold => _threshold;

    /// <summary>Whether the element at a position is still possible.</summary>
    public readonly bool Survives(int position) => View[position] >= _threshold;

    /// <summary>Number of survivors.</summary>
    public readonly int CountSurvivors() => _kernels.CountAtLeast(View, _threshold);

    /// <summary>Tells that <see cref="Row"/> has been edited.</summary>
    public void Edited() => Forget();

    /// <summary>Divides logits by a temperature; cheap, since no element is written.</summary>
    public void Scale(double temperature)
    {
        // So small that any difference between two floats decides, and far from overflow.
        InverseTemperature /= Math.Max(temperature, 1e-30);
        _weighed = false;
    }

    /// <summary>Makes <see cref="Row"/> say what the cuts and the temperature have done, for a stage that edits logits after them.</summary>
    public void Materialise()
    {
        if (IsWhole)
        {
            return;
        }

        if (_listed)
        {
            _row.Fill(float.NegativeInfinity);
        }

        Span<float> view = View;
        for (int i = 0; i < view.Length; i++)
        {
            float logit = view[i];
            _row[TokenAt(i)] = logit >= _threshold
                ? OrderedBits.ToFiniteFloat(logit * InverseTemperature)
                : float.NegativeInfinity;
        }

        _listed = false;
        _count = _row.Length;
        _threshold = float.MinValue;
        InverseTemperature = 1;
        Forget();
    }

    /// <summary>Keeps logits of at least this value (in units of the view), and in any case the largest.</summary>
    public void KeepAtLeast(double logit)
    {
        float threshold = Math.Min(OrderedBits.Ceiling(logit), Max);
        if (threshold > _threshold)
        {
            _threshold = threshold;
            _weighed = false;
            Shorten(_count / ListedPart);
        }
    }

    /// <summary>Keeps the k largest; of equal ones at the border those with lower ids.</summary>
    public void KeepLargest(int k)
    {
        if (k >= _count)
        {
            return;
        }

        EnsureBlockMax();
        int blocks = RowKernels.BlockCount(_count);
        if (k < blocks)
        {
            // k blocks hold an element as large as the k-th largest maximum, so the k-th largest element is no smaller.
            CutPoint border = CutSearch.ByCount(_scratch, _scratch.BlockMax.AsSpan(0, blocks), Max, k);
            KeepAtLeast(border.Key);
        }

        if (k < CountSurvivors())
        {
            KeepUpTo(CutSearch.ByCount(_scratch, View, Max, k));
        }
    }

    /// <summary>Keeps what comes no later than the cut in the order (logit descending, token ascending).</summary>
    private void KeepUpTo(CutPoint cut, bool shorten = true)
    {
        if (cut.TiesFollow)
        {
            Span<float> after = View[(cut.Position + 1)..];
            for (int next = after.IndexOf(cut.Key); next >= 0; next = after.IndexOf(cut.Key))
            {
                after[next] = float.NegativeInfinity;
                after = after[(next + 1)..];
            }

            // Other blocks' maxima may be gone; the row's largest is not, since the cut keeps at least one element.
            _blockMaxKnown = false;
            _weighed = false;
        }

        if (cut.Key > _threshold)
        {
            _threshold = cut.Key;
            _weighed = false;
            if (shorten)
            {
                Shorten(_count / ListedPart);
            }
        }
    }

    /// <summary>Copies the survivors to a list if they are at most so many.</summary>
    private void Shorten(int limit)
    {
        limit = Math.Max(limit, _listed ? 0 : Math.Min(_count, RowKernels.BlockSize));
        ReadOnlySpan<float> maxima = _blockMaxKnown ? _scratch.BlockMax.AsSpan(0, RowKernels.BlockCount(_count)) : [];
        Span<int> positions = _scratch.Positions.AsSpan(0, limit);
        int count = _kernels.Collect(View, maxima, _threshold, float.PositiveInfinity, positions);
        if (count < 0)
        {
            return;
        }

        Span<float> view = View;
        for (int i = 0; i < count; i++)
        {
            int from = positions[i];
            _scratch.ListIds[i] = TokenAt(from);
            _scratch.ListLogits[i] = view[from];
        }

        _listed = true;
        _count = count;
        _threshold = float.MinValue;
        _blockMaxKnown = false;
        _weighed = false;
    }

    private void EnsureBlockMax()
    {
        if (!_blockMaxKnown)
        {
            FindBlockMax();
        }
    }

    private void FindBlockMax()
    {
        _max = _kernels.Max(View, _scratch.BlockMax.AsSpan(0, RowKernels.BlockCount(_count)));
        _maxKnown = true;
        _blockMaxKnown = true;
    }

    private void Forget()
    {
        _maxKnown = false;
        _blockMaxKnown = false;
        _weighed = false;
    }
}
