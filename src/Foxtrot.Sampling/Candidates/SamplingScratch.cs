using Foxtrot.Sampling.Kernels;

namespace Foxtrot.Sampling.Candidates;

/// <summary>The buffers that one thread needs to sample a row; they grow to the largest vocabulary met and are then reused.</summary>
internal sealed class SamplingScratch
{
    private int _capacity;

    public SamplingScratch(RowKernels kernels) => Kernels = kernels;

    public RowKernels Kernels { get; }

    /// <summary>Measures the rows; null when nobody wants to know.</summary>
    public RowMeter? Meter { get; set; }

    /// <summary>Maxima of the current view's blocks.</summary>
    public float[] BlockMax { get; private set; } = [];

    /// <summary>Sums of weights of the current view's blocks.</summary>
    public double[] BlockSums { get; private set; } = [];

    /// <summary>Weights of the current view.</summary>
    public float[] Weights { get; private set; } = [];

    /// <summary>Token ids of a listed view, ascending.</summary>
    public int[] ListIds { get; private set; } = [];

    /// <summary>Logits of a listed view.</summary>
    public float[] ListLogits { get; private set; } = [];

    /// <summary>Positions that a pass has collected.</summary>
    public int[] Positions { get; private set; } = [];

    /// <summary>Sort keys other than logits, and whatever a stage has to put aside.</summary>
    public float[] Keys { get; private set; } = [];

    /// <summary>The untouched row, where raw log-probabilities are asked for.</summary>
    public float[] RawRow { get; private set; } = [];

    /// <summary>What remains of a search's keys after its first steps.</summary>
    public float[] SearchKeys { get; private set; } = [];

    /// <summary>Weights beside <see cref="SearchKeys"/>.</summary>
    public float[] SearchWeights { get; private set; } = [];

    /// <summary>Positions beside <see cref="SearchKeys"/>.</summary>
    public int[] SearchPositions { get; private set; } = [];

    /// <summary>Match lengths of DRY, one per token of history.</summary>
    public int[] MatchLengths { get; private set; } = [];

    /// <summary>Makes all buffers fit rows of this length.</summary>
    public void Reserve(int vocabulary)
    {
        if (vocabulary <= _capacity)
        {
            return;
        }

        int blocks = RowKernels.BlockCount(vocabulary);
        BlockMax = new float[blocks];
        BlockSums = new double[blocks];
        Weights = new float[vocabulary];
        ListIds = new int[vocabulary];
        ListLogits = new float[vocabulary];
        Positions = new int[vocabulary];
        Keys = new float[vocabulary];
        SearchKeys = new float[vocabulary];
        SearchWeights = new float[vocabulary];
        SearchPositions = new int[vocabulary];
        _capacity = vocabulary;
    }

    /// <summary>A copy of the row that outlives its edits.</summary>
    public void KeepRaw(ReadOnlySpan<float> row)
    {
        if (RawRow.Length < row.Length)
        {
            RawRow = new float[row.Length];
        }

        row.CopyTo(RawRow);
    }

    /// <summary>Room for one match length per token of history.</summary>
    public Span<int> ReserveMatchLengths(int count)
    {
        if (MatchLengths.Length < count)
        {
            MatchLengths = new int[Math.Max(Math.Max(count, 4096), 2 * MatchLengths.Length)];
        }

        return MatchLengths.AsSpan(0, count);
    }
}
