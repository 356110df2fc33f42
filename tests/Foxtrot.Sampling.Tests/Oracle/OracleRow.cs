namespace Foxtrot.Sampling.Tests.Oracle;

/// <summary>A row between two stages: one logit per token in double precision, −∞ where the token is impossible.</summary>
internal sealed class OracleRow(double[] logits)
{
    public double[] Logits { get; } = logits;

    public int Vocabulary => Logits.Length;

    public static OracleRow From(ReadOnlySpan<float> logits)
    {
        var row = new double[logits.Length];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = logits[i];
        }

        return new OracleRow(row);
    }

    public bool IsPossible(int token) => !double.IsNegativeInfinity(Logits[token]);

    /// <summary>Possible tokens in ascending id order.</summary>
    public int[] Possible() => [.. Enumerable.Range(0, Vocabulary).Where(IsPossible)];

    public double Max() => Logits.Max();

    /// <summary>Softmax: e^l over the sum of e^l.</summary>
    public double[] Probabilities()
    {
        var max = Max();
        var weights = Logits.Select(l => Math.Exp(l - max)).ToArray();
        var sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }

    /// <summary>H = −Σ p ln p, in nats.</summary>
    public double Entropy() => Probabilities().Where(p => p > 0).Sum(p => -p * Math.Log(p));

    /// <summary>The same row where only tokens that <paramref name="keep"/> accepts stay possible.</summary>
    public OracleRow Keeping(Func<int, bool> keep) =>
        new([.. Logits.Select((l, token) => keep(token) ? l : double.NegativeInfinity)]);

    /// <summary>The same row with every logit replaced.</summary>
    public OracleRow Edited(Func<int, double, double> edit) =>
        new([.. Logits.Select((l, token) => double.IsNegativeInfinity(l) ? l : edit(token, l))]);
}
