namespace Foxtrot.Sampling.Tests.Properties;

public enum RowShape
{
    /// <summary>All logits equal.</summary>
    Constant,

    /// <summary>Nearly uniform: a normal of deviation 0.01.</summary>
    Flat,

    /// <summary>A normal of deviation 2.5, as language models' logits roughly are.</summary>
    Normal,

    /// <summary>Normal, and a handful of tokens far above the rest.</summary>
    Peaked,

    /// <summary>Multiples of 1/2: many exact ties.</summary>
    Ties,

    /// <summary>Normal, and a third of the tokens impossible beforehand.</summary>
    Holes,

    /// <summary>Normal, and all but a few tokens impossible beforehand, as a grammar leaves them.</summary>
    Sparse,

    /// <summary>From −80 to 80: most probabilities vanish.</summary>
    Wide,
}

/// <summary>A random row, small enough to print.</summary>
public sealed record RowCase(RowShape Shape, int Vocabulary, ulong Seed)
{
    public float[] Logits()
    {
        var random = new RowNumbers(Seed);
        var row = new float[Vocabulary];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = (float)(Shape switch
            {
                RowShape.Constant => 1.25,
                RowShape.Flat => 0.01 * random.Normal(),
                RowShape.Normal => 2.5 * random.Normal(),
                RowShape.Peaked => (2.5 * random.Normal()) + (random.Uniform() < 4.0 / Vocabulary ? 12 : 0),
                RowShape.Ties => Math.Round(3 * random.Normal()) / 2,
                RowShape.Holes => random.Uniform() < 1 / 3.0 && i != Vocabulary / 2 ? double.NegativeInfinity : 2.5 * random.Normal(),
                RowShape.Sparse => random.Uniform() < 8.0 / Vocabulary || i == Vocabulary / 2 ? 2.5 * random.Normal() : double.NegativeInfinity,
                RowShape.Wide => 160 * (random.Uniform() - 0.5),
                _ => throw new InvalidOperationException(),
            });
        }

        return row;
    }
}
